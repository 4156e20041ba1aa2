//! How many connections there are.

use std::ops::AddAssign;

use sea_orm::{DatabaseConnection, DbBackend};

/// The connections of a pool, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Those at work.
    pub used: u32,
    /// Those that wait for work.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

impl Connections {
    /// Those of a pool, now.
    pub(super) fn of(pool: &DatabaseConnection) -> Self {
        let (open, idle, most) = if pool.get_database_backend() == DbBackend::Sqlite {
            let pool = pool.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        } else {
            let pool = pool.get_postgres_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        };
        let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(open);
        Self {
            used: open - idle,
            idle,
            most,
        }
    }
}

impl AddAssign for Connections {
    fn add_assign(&mut self, other: Self) {
        self.used += other.used;
        self.idle += other.idle;
        self.most += other.most;
    }
}
