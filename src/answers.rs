//! What is remembered until something is written: answers, so that a series that many pull is read from the database once,
//! and facts that many answers need.

use std::any::Any;
use std::sync::Arc;

use actix_web::web::Bytes;
use moka::sync::Cache;

use crate::db::Generation;

/// How many bytes of answers are remembered.
const ROOM: u64 = 16 << 20;
/// A longer answer is not remembered: it would push out too many others.
const LONGEST: usize = 1 << 20;
/// How many facts are remembered.
const FACTS: u64 = 1000;
/// What an entry needs beside its key and body, about, in bytes.
const OVERHEAD: usize = 256;

/// The body of an answer with its validator, ready to be sent.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The media type.
    pub media_type: &'static str,
    /// The strong validator, without its quotation marks.
    pub tag: String,
    /// The body.
    pub body: Bytes,
}

/// The remembered answers of one process.
///
/// An entry is good only as long as the generation stands where it stood before the entry was read from the database: so
/// none is given out once a later write has been acknowledged by this process, or noticed in another.
#[derive(Clone)]
pub struct Answers {
    entries: Cache<String, Arc<(u64, Rendered)>>,
    facts: Cache<String, (u64, Arc<dyn Any + Send + Sync>)>,
    generation: Generation,
}

impl Answers {
    /// No answers yet.
    pub fn new(generation: Generation) -> Self {
        let size = |key: &String, entry: &Arc<(u64, Rendered)>| {
            u32::try_from(key.len() + entry.1.body.len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        Self {
            entries: Cache::builder().weigher(size).max_capacity(ROOM).build(),
            facts: Cache::new(FACTS),
            generation,
        }
    }

    /// The answer under this key: from memory while it is good, else as `make` has it, which is then remembered.
    ///
    /// The key holds everything that the answer depends on: path, query, format, and who may see what it shows.
    ///
    /// # Errors
    /// Those of `make`; they are not remembered.
    pub async fn get_or_make<E>(
        &self,
        key: String,
        make: impl AsyncFnOnce() -> Result<Rendered, E>,
    ) -> Result<Rendered, E> {
        if let Some(answer) = self.get(&key) {
            return Ok(answer);
        }
        // Before the database is asked: what is written meanwhile makes the answer one that is not given out again.
        let generation = self.generation.current();
        // Boxed, because what is kept across its queries is large, and an answer from memory would have to make room for it.
        let answer = Box::pin(make()).await?;
        self.keep(key, generation, &answer);
        Ok(answer)
    }

    /// The fact under this key, in the same way.
    ///
    /// # Errors
    /// Those of `make`; they are not remembered.
    pub async fn fact_or_make<T: Send + Sync + 'static, E>(
        &self,
        key: String,
        make: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(fact) = self.fact(&key) {
            return Ok(fact);
        }
        let generation = self.generation.current();
        let fact = Arc::new(Box::pin(make()).await?);
        self.facts
            .insert(key, (generation, Arc::clone(&fact) as Arc<dyn Any + Send + Sync>));
        Ok(fact)
    }

    /// The answer under this key, if it is still good.
    fn get(&self, key: &str) -> Option<Rendered> {
        let entry = self.entries.get(key)?;
        (entry.0 == self.generation.current()).then(|| entry.1.clone())
    }

    /// The fact under this key, if it is still good and of this type.
    fn fact<T: Send + Sync + 'static>(&self, key: &str) -> Option<Arc<T>> {
        let (generation, fact) = self.facts.get(key)?;
        (generation == self.generation.current()).then(|| fact.downcast().ok())?
    }

    /// Remembers an answer that was read when the generation stood at `generation`.
    fn keep(&self, key: String, generation: u64, answer: &Rendered) {
        if answer.body.len() <= LONGEST {
            self.entries.insert(key, Arc::new((generation, answer.clone())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &'static str) -> Rendered {
        Rendered {
            media_type: "text/plain",
            tag: "t".into(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[actix_web::test]
    async fn an_answer_is_made_once_until_something_is_written() {
        let generation = Generation::default();
        let answers = Answers::new(generation.clone());
        let get = async |body: &'static str| {
            let made = answers
                .get_or_make("k".into(), async || Ok::<_, ()>(answer(body)))
                .await;
            made.unwrap().body
        };
        assert_eq!(get("1").await, "1");
        assert_eq!(get("2").await, "1");
        generation.advance();
        assert_eq!(get("2").await, "2");
    }

    #[actix_web::test]
    async fn an_answer_that_was_overtaken_while_it_was_made_is_never_given_out_again() {
        let generation = Generation::default();
        let answers = Answers::new(generation.clone());
        let overtaken = async || {
            generation.advance();
            Ok::<_, ()>(answer("old"))
        };
        assert_eq!(answers.get_or_make("k".into(), overtaken).await.unwrap().body, "old");
        let next = answers
            .get_or_make("k".into(), async || Ok::<_, ()>(answer("new")))
            .await;
        assert_eq!(next.unwrap().body, "new");
    }

    #[actix_web::test]
    async fn a_failure_is_not_remembered_and_a_fact_is_one_of_its_type() {
        let answers = Answers::new(Generation::default());
        let failed = answers.get_or_make("k".into(), async || Err(())).await;
        assert!(failed.is_err());
        let next = answers.get_or_make("k".into(), async || Ok::<_, ()>(answer("1"))).await;
        assert_eq!(next.unwrap().body, "1");
        for _ in 0..2 {
            let fact = answers.fact_or_make("k".into(), async || Ok::<_, ()>(1u8)).await;
            assert_eq!(*fact.unwrap(), 1);
        }
        let other = answers.fact_or_make("k".into(), async || Ok::<_, ()>("one")).await;
        assert_eq!(*other.unwrap(), "one");
    }
}
