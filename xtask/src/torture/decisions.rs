//! Decisions of the board that move a team from one zone to another. Adopting one changes three things: the placement before
//! ends, the new one begins, and the decision is in force. Either all three happen or none.

use std::collections::{HashMap, VecDeque};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{
    client::{Client, PLAN, Sent},
    writer::{Seen, day},
};

/// Activities that are moved between zones, of one focus area, so that one steering group recommends all of it.
const ACTIVITIES: [&str; 3] = ["lektiecafe", "din-uddannelsesvej", "lommepenge-og-fritidsjob"];
/// A team takes two days of the plan's four years.
const MOST: u32 = 700 * ACTIVITIES.len() as u32;
/// So many decisions are ready before each round.
const READY: usize = 12;

/// What a meeting of the board has before it.
pub(super) struct Board {
    /// Proposes, recommends.
    secretariat: Client,
    /// Adopts.
    board: Client,
    steering: String,
    meeting: String,
    /// Decisions that only have to be adopted.
    ready: VecDeque<u32>,
    ids: HashMap<u32, String>,
    next: u32,
}

impl Board {
    /// Calls the meetings that recommend and decide.
    pub(super) fn call(url: &str, secretariat: Client, board: Client) -> Result<Self> {
        let call = |body: &str, start: &str| -> Result<String> {
            let meeting = json!({"body": body, "local_start": start, "duration_minutes": 120});
            let url = format!("{url}{PLAN}/meetings");
            let meeting = secretariat.done(&url, &format!("meeting-{body}"), &meeting)?;
            let id = text(&meeting, "id")?;
            secretariat.done(&format!("{url}/{id}/call"), &format!("call-{body}"), &Value::Null)?;
            Ok(id)
        };
        Ok(Self {
            steering: call("styregruppe-uddannelse", "2024-05-29T13:00")?,
            meeting: call("bestyrelsen", "2024-06-12T13:00")?,
            secretariat,
            board,
            ready: VecDeque::new(),
            ids: HashMap::new(),
            next: 0,
        })
    }

    /// Brings decisions to where the board can adopt them: a team is placed, and to be moved.
    pub(super) fn prepare(&mut self, url: &str) -> Result<()> {
        while self.ready.len() < READY && self.next < MOST {
            let number = self.next;
            let first = self.proposed(url, number, 0)?;
            self.board.done(
                &format!("{url}{PLAN}/decisions/{first}/adopt"),
                &format!("first-{number}"),
                &json!({"by": "consensus"}),
            )?;
            let id = self.proposed(url, number, 1)?;
            self.ids.insert(number, id);
            self.ready.push_back(number);
            self.next += 1;
        }
        Ok(())
    }

    /// The next one to be adopted.
    pub(super) fn next(&mut self) -> Option<u32> {
        self.ready.pop_front()
    }

    /// Adopts.
    pub(super) fn adopt(&self, url: &str, number: u32, key: &str) -> Sent {
        let id = self.ids.get(&number)?;
        let url = format!("{url}{PLAN}/decisions/{id}/adopt");
        self.board.post(&url, key, "application/json", r#"{"by":"consensus"}"#)
    }

    /// Looks at the decision and at where its team is.
    pub(super) fn look(&self, url: &str, number: u32) -> Result<Seen> {
        let id = self
            .ids
            .get(&number)
            .context("a decision that was proposed has an id")?;
        let decision = self.board.json(&format!("{url}{PLAN}/decisions/{id}"))?;
        let (activity, team) = (activity(number), team(number));
        let placed = |on: u32| -> Result<Vec<Value>> {
            let on = day(2023, on);
            let list = self.board.json(&format!(
                "{url}{PLAN}/activities/{activity}/placements?on={on}&limit=1000"
            ))?;
            let items = list["items"].as_array().context("a list has items")?;
            Ok(items.iter().filter(|one| one["team"] == team).cloned().collect())
        };
        let (before, after) = (placed(first_day(number))?, placed(first_day(number) + 1)?);
        let is_moved = |one: &&Value| one["decision"] == id.as_str();
        let moved = after.iter().filter(is_moved).count();
        let is_in_force =
            decision["state"] == "in_force" && after.iter().any(|one| one["id"] == decision["effect"]["placement"]);
        let has_ended = before.len() == 1 && before[0]["ends_on"] == day(2023, first_day(number));
        Ok(match (moved, is_in_force, has_ended) {
            (0, false, false) if decision["state"] == "proposed" && after.len() == 1 => Seen::Nothing,
            (1, true, true) if after.len() == 1 => Seen::Whole,
            (2.., _, _) => Seen::Twice,
            _ => Seen::Half,
        })
    }

    /// Proposes that a team be in one zone, and then in the next, and recommends it.
    fn proposed(&self, url: &str, number: u32, step: u32) -> Result<String> {
        let plan = format!("{url}{PLAN}");
        let key = |what: &str| format!("{what}-{number}-{step}");
        let proposal = json!({"kind": "place_activity", "title": "Torture", "meeting": self.meeting, "payload": {
            "activity": activity(number), "team": team(number), "zone": format!("zone-{}", 1 + (number + step) % 4),
            "starts_on": day(2023, first_day(number) + step),
            "ends_on": (step == 1).then(|| day(2023, first_day(number) + step)),
        }});
        let decision = self
            .secretariat
            .done(&format!("{plan}/decisions"), &key("proposal"), &proposal)?;
        let id = text(&decision, "id")?;
        let mut recommendation =
            json!({"decision": id, "given_by": "secretariat", "stance": "adopt", "text": "Torture"});
        let url = format!("{plan}/recommendations");
        self.secretariat.done(&url, &key("secretariat"), &recommendation)?;
        recommendation["given_by"] = "steering_group".into();
        recommendation["meeting"] = self.steering.as_str().into();
        self.secretariat.done(&url, &key("steering"), &recommendation)?;
        Ok(id)
    }
}

fn activity(number: u32) -> &'static str {
    ACTIVITIES[number as usize % ACTIVITIES.len()]
}

fn team(number: u32) -> String {
    format!("t{number}")
}

/// The day after the plan's first on which the team is placed; on the day after it is moved.
fn first_day(number: u32) -> u32 {
    2 * (number / ACTIVITIES.len() as u32)
}

fn text(answer: &Value, member: &str) -> Result<String> {
    let text = answer[member].as_str();
    Ok(text.with_context(|| format!("no {member} in {answer}"))?.to_owned())
}
