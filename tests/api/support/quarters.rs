//! Reports of participation as they are stored, and quarters to release.

use std::collections::BTreeMap;

use helhedsplan::db::{self, Db};
use helhedsplan::disclosure::synthetic::{self, Dice};
use helhedsplan::disclosure::{AGE_BANDS, GENDERS, PartCounts, Plan, Published};
use helhedsplan::entities::{participation_count as counts, participation_report as reports, plan, release};
use helhedsplan::record::{Actor, Clock, Deed};
use helhedsplan::releases::store::audit;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

/// People of one residence, age band and gender.
pub(crate) type People = (String, String, String, i32);

/// People by their codes.
pub(crate) fn people(residence: &str, age_band: &str, gender: &str, number: i32) -> People {
    (residence.into(), age_band.into(), gender.into(), number)
}

/// How many of people are newcomers, went on to education, a job, a leisure job, an association.
pub(crate) type Parts = [i32; 5];

/// Parts of people that make a table of all kinds: newcomers by half, a single one in education, all but the last row's people in a
/// job, nobody in a leisure job, every second row in an association.
pub(crate) fn parts_of(people: &[People]) -> Vec<Parts> {
    let last = people.len().saturating_sub(1);
    let rows = people.iter().enumerate().map(|(at, (.., number))| {
        let all_if = |is_so: bool| if is_so { *number } else { 0 };
        [
            number / 2,
            all_if(at == 0).min(1),
            all_if(at < last),
            0,
            all_if(at % 2 == 0),
        ]
    });
    rows.collect()
}

/// Puts a report of an activity and quarter in the place of what was reported before.
pub(crate) async fn report(db: &Db, activity: &str, period: &str, organisation: Option<&str>, people: &[People]) {
    report_with(db, activity, period, organisation, people, &parts_of(people)).await;
}

/// The same with these parts of the people, row by row.
pub(crate) async fn report_with(
    db: &Db,
    activity: &str,
    period: &str,
    organisation: Option<&str>,
    people: &[People],
    parts: &[Parts],
) {
    let plan = plan::Entity::find()
        .order_by_asc(plan::Column::Id)
        .one(db.read())
        .await
        .unwrap()
        .unwrap();
    let transaction = db.begin().await.unwrap();
    let clock = Clock::lock(&transaction, plan.id).await.unwrap();
    let deed = Deed {
        actor: Actor::operator(),
        operation: "test",
        target: "test".into(),
    };
    let stamp = clock.tick(&transaction, deed).await.unwrap();
    let before = reports::Entity::find()
        .filter(reports::Column::PlanId.eq(plan.id))
        .filter(reports::Column::Activity.eq(activity))
        .filter(reports::Column::Period.eq(period))
        .filter(reports::Column::SeqTo.is_null())
        .one(&transaction)
        .await
        .unwrap();
    let revision = before.as_ref().map_or(1, |before| before.revision + 1);
    if let Some(before) = before {
        let mut before = before.into_active_model();
        before.seq_to = Set(Some(stamp.seq));
        before.update(&transaction).await.unwrap();
    }
    let quarter: helhedsplan::period::Period = period.parse().unwrap();
    let row = reports::Model {
        plan_id: plan.id,
        id: uuid::Uuid::now_v7(),
        activity: activity.into(),
        period: period.into(),
        period_start: quarter.start(),
        revision,
        organisation: organisation.map(str::to_owned),
        source: "Test".into(),
        note: None,
        content_hash: revision.to_string(),
        receipt: "{}".into(),
        revision_reason: (revision > 1).then(|| "Test".to_owned()),
        subject: "test".into(),
        seq_from: stamp.seq,
        seq_to: None,
        received_at: db::now(),
        erased_at: None,
    };
    let id = row.id;
    reports::Entity::insert(reports::ActiveModel::from(row))
        .exec_without_returning(&transaction)
        .await
        .unwrap();
    let rows = people.iter().zip(parts).filter(|(people, _)| people.3 > 0);
    for ((residence, age_band, gender, participants), parts) in rows {
        let [newcomers, to_education, to_job, to_leisure_job, to_association] = *parts;
        let area = residence.strip_suffix("-unknown").map(str::to_owned);
        let row = counts::Model {
            plan_id: plan.id,
            report: id,
            residence: residence.clone(),
            age_band: age_band.clone(),
            gender: gender.clone(),
            area,
            participants: *participants,
            newcomers,
            to_education,
            to_job,
            to_leisure_job,
            to_association,
        };
        counts::Entity::insert(counts::ActiveModel::from(row))
            .exec_without_returning(&transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
}

/// The activities of [`made_up`], each with the organisation that reports it.
pub(crate) const ACTIVITIES: [(&str, &str); 3] = [
    ("lektiecafe", "boli-nu"),
    ("lommepenge-og-fritidsjob", "ungeenheden"),
    ("baeredygtige-faellesskaber", "omraadesekretariatet"),
];

/// A made-up quarter: so many people in three activities and all zones, some of them from elsewhere.
pub(crate) fn made_up(number: usize, seed: u64) -> BTreeMap<&'static str, Vec<People>> {
    let mut dice = Dice::new(seed);
    let residences = [
        "zone-1-unknown",
        "zone-2-unknown",
        "zone-3-unknown",
        "zone-4-unknown",
        "outside",
    ];
    let mut quarter: BTreeMap<&str, BTreeMap<(usize, usize, usize), i32>> = BTreeMap::new();
    for _ in 0..number {
        let activity = ACTIVITIES[dice.pick(&[5.0, 3.0, 2.0])].0;
        let place = (
            dice.pick(&[4.0, 3.0, 2.0, 2.0, 0.3]),
            dice.pick(&[1.0, 4.0, 3.0, 2.0, 1.0, 0.5]),
            dice.pick(&[10.0, 9.0, 0.4]),
        );
        *quarter.entry(activity).or_default().entry(place).or_default() += 1;
    }
    let rows = quarter.into_iter().map(|(activity, counted)| {
        let rows = counted.into_iter();
        let rows =
            rows.map(|((area, age, gender), number)| people(residences[area], AGE_BANDS[age], GENDERS[gender], number));
        (activity, rows.collect())
    });
    rows.collect()
}

/// Reports a made-up quarter.
pub(crate) async fn report_synthetic(
    db: &Db,
    period: &str,
    number: usize,
    seed: u64,
) -> BTreeMap<&'static str, Vec<People>> {
    let quarter = made_up(number, seed);
    for (activity, organisation) in ACTIVITIES {
        report(db, activity, period, Some(organisation), &quarter[activity]).await;
    }
    quarter
}

/// What the sample's releases say instead of a proof.
const SAMPLE: &str = "Made up for tests";

/// Takes the sample away again: it shows small counts, so no audit passes it.
pub(crate) async fn forget_sample(db: &Db) {
    release::Entity::delete_many()
        .filter(release::Column::Citation.eq(SAMPLE))
        .exec(db.read())
        .await
        .unwrap();
}

/// What an audit says of each release, oldest first.
pub(crate) async fn verdicts(db: &Db) -> Vec<audit::Verdict> {
    let mut verdicts = Vec::new();
    for id in audit::releases(db.read(), 1).await.unwrap() {
        verdicts.push(audit::check_release(db.read(), 1, id).await.unwrap());
    }
    verdicts
}

/// Releases to the parties and the public that are there before every test: of a made-up quarter, with everything shown.
/// Nothing is reported of that quarter.
pub(crate) async fn sample(db: &Db) {
    let plan = plan::Entity::find().one(db.read()).await.unwrap().unwrap();
    let mut definition = synthetic::definition();
    definition.zones.truncate(2);
    definition.activities.truncate(2);
    let cells = Plan::new(definition.clone()).unwrap();
    let counts = synthetic::quarter(&cells, 300, 1).unwrap();
    let mut stored = serde_json::to_value(&definition).unwrap();
    stored["subject"] = "participation".into();
    let measures = [
        "newcomers",
        "to_education",
        "to_job",
        "to_leisure_job",
        "to_association",
    ];
    let parts = PartCounts::zero(&measures, definition.activities.len()).mask(|_| false);
    let transaction = db.begin().await.unwrap();
    for audience in ["parties", "public"] {
        let row = release::Model {
            plan_id: plan.id,
            id: uuid::Uuid::now_v7(),
            subject: "participation".into(),
            period: "2023-Q1".into(),
            audience: audience.into(),
            organisation: None,
            organisation_key: String::new(),
            number: 1,
            threshold: None,
            rules: "1".into(),
            definition: stored.to_string(),
            published: serde_json::to_string(&Published::mask(cells.shape(), &counts, |_| false)).unwrap(),
            parts: Some(serde_json::to_string(&parts).unwrap()),
            citation: Some(SAMPLE.into()),
            reason: None,
            seq: 1,
            released_at: db::now(),
        };
        release::Entity::insert(release::ActiveModel::from(row))
            .exec_without_returning(&transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
}
