//! Every act follows a look that showed the very session, and every outcome is what was seen.

use avd_logoff::arm::{ArmErrorKind, Timestamp};
use avd_logoff::desk::act::{Act, Kind as What};
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::receipt::{Receipt, Record, Warned};
use serde_json::Value;
use time::Duration;

use super::admin::{HOLDS, HURRIES, LONGER, STOPS};
use crate::exchange::{Exchange, Kind, key, time_of, user_of};

/// More than the longest way: throttled as often as can be, and a token refused in every way.
const MOST_ACTS: usize = 16;

/// One session and everything that was asked about it, in order.
struct Done<'a> {
    record: &'a Record,
    own: Vec<&'a Exchange>,
}

/// Checks what was done.
pub fn check(receipt: &Receipt, exchanges: &[Exchange], act: &Act, admin: u8) {
    for one in exchanges.iter().filter(|one| one.kind != Kind::Session) {
        let planned = receipt.records.iter().any(|record| key(&record.id) == one.session());
        assert!(planned && one.kind.is_act(), "this was not confirmed: {one:?}");
        let fits = match one.kind {
            Kind::Delete => act.kind() == What::LogOff,
            Kind::Disconnect => act.kind() == What::Disconnect,
            _ => act.message().is_some(),
        };
        assert!(fits, "another act was confirmed: {one:?}");
        let forced = one.request.uri().query().unwrap_or_default().contains("force=true");
        let force = one.kind == Kind::Delete && act.force();
        assert!(forced == force, "force as nobody has chosen it: {one:?}");
    }
    let done: Vec<Done> = receipt
        .records
        .iter()
        .map(|record| Done::new(record, exchanges))
        .collect();
    for one in &done {
        one.every_act_has_a_look_before_it(act);
        one.nothing_is_sent_twice();
        one.outcome_was_seen(act, admin);
    }
    if act.warning().is_some() {
        done.iter().for_each(Done::warning_was_seen);
        time_was_given(&done, act, admin);
    }
}

impl<'a> Done<'a> {
    fn new(record: &'a Record, exchanges: &'a [Exchange]) -> Self {
        let id = key(&record.id);
        let own = exchanges.iter().filter(|one| one.session() == id).collect();
        Self { record, own }
    }

    fn began(&self) -> Option<Timestamp> {
        self.record.started.as_deref().map(Timestamp::new)
    }

    /// Whether a look showed the very session.
    fn is_it(&self, look: &Exchange) -> bool {
        look.readable().is_some_and(|body| {
            key(body["id"].as_str().unwrap_or_default()) == key(&self.record.id)
                && user_of(&body) == self.record.user.to_lowercase()
                && time_of(&body) == self.began()
        })
    }

    /// Whether a look surely showed another one under the id.
    fn is_another(&self, look: &Exchange) -> bool {
        look.readable().is_some_and(|body| {
            let user = user_of(&body);
            let other_time = match (time_of(&body), self.began()) {
                (Some(theirs), Some(mine)) => theirs != mine,
                _ => false,
            };
            (!user.is_empty() && user != self.record.user.to_lowercase()) || other_time
        })
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &'a Exchange> {
        self.own.iter().copied().filter(move |one| one.kind == kind)
    }

    fn every_act_has_a_look_before_it(&self, act: &Act) {
        for (at, one) in self.own.iter().enumerate().filter(|(_, one)| one.kind.is_act()) {
            let look = at.checked_sub(1).map(|before| self.own[before]);
            let look = look.filter(|look| look.kind == Kind::Session && self.is_it(look));
            let Some(look) = look else {
                panic!("an act without a look: {:?}", self.own)
            };
            let state = state_in(look);
            let makes_sense = match one.kind {
                Kind::Message => state == "Active",
                Kind::Disconnect => state != "Disconnected",
                _ => act.force() || state != "LogOff",
            };
            assert!(makes_sense, "this is for nothing: {:?}", self.own);
        }
    }

    /// What may have had its effect is not sent again.
    fn nothing_is_sent_twice(&self) {
        for kind in [Kind::Delete, Kind::Disconnect, Kind::Message] {
            let sent: Vec<&Exchange> = self.of_kind(kind).collect();
            assert!(sent.len() <= MOST_ACTS, "sent again and again: {:?}", self.own);
            let again = sent.split_last().map_or(&[][..], |(_, before)| before);
            assert!(
                !again.iter().any(|one| one.may_have_had_effect()),
                "sent again: {:?}",
                self.own
            );
        }
    }

    fn outcome_was_seen(&self, act: &Act, admin: u8) {
        let kind = match act.kind() {
            What::LogOff => Kind::Delete,
            What::Disconnect => Kind::Disconnect,
            What::SendMessage => Kind::Message,
        };
        let last = self.own.last().copied();
        let look = last.filter(|last| last.kind == Kind::Session);
        let may_have_happened = self.of_kind(kind).any(Exchange::may_have_had_effect);
        let accepted = self.of_kind(kind).any(Exchange::is_accepted);
        let is_message = kind == Kind::Message;
        let saw = |what: &dyn Fn(&Exchange) -> bool| look.is_some_and(what);
        let ended = || saw(&|look| look.is_absent() || self.is_another(look));
        let outcome = self.record.outcome.expect("it has ended");
        let fits = match outcome {
            Outcome::Gone => !is_message && ended(),
            // Where a message finds no session, the look after it may also show another one; so may a look during the time
            // that users are given.
            Outcome::AlreadyGone if is_message || act.warning().is_some() => ended() && !may_have_happened,
            Outcome::AlreadyGone => saw(&Exchange::is_absent) && !may_have_happened,
            Outcome::Replaced | Outcome::WrongPerson => {
                saw(&|look| look.readable().is_some() && !self.is_it(look)) && !may_have_happened
            }
            Outcome::StillThere => !is_message && saw(&|look| look.readable().is_some()),
            // The latter is also said where Azure denies a session that it goes on listing.
            Outcome::Refused | Outcome::Failed => !may_have_happened,
            Outcome::Unknown if is_message => may_have_happened && !accepted,
            Outcome::Unknown => self.could_not_ask() || saw(&|look| !(self.is_it(look) && is_well_formed(look))),
            Outcome::Requested if is_message => accepted,
            Outcome::Requested => {
                let seen = self.record.reason == Some(Reason::SeenDisconnected);
                kind == Kind::Disconnect && seen && saw(&|look| state_in(look) == "Disconnected")
            }
            Outcome::Cancelled => act.warning().is_some() && admin == STOPS && !may_have_happened,
            Outcome::Leaving => false,
        };
        assert!(fits, "{outcome:?} is said of {:?}", self.own);
    }

    /// Whether the last look failed before it left: there was no token for it, or Azure wants to be left alone.
    fn could_not_ask(&self) -> bool {
        matches!(&self.record.reason, Some(Reason::Arm(error)) if error.status.is_none()
            && matches!(error.kind, ArmErrorKind::Auth(_) | ArmErrorKind::Throttled(_)))
    }

    /// The word for the message before a log off is what came of it.
    fn warning_was_seen(&self) {
        let accepted = self.of_kind(Kind::Message).any(Exchange::is_accepted);
        let may_have_happened = self.of_kind(Kind::Message).any(Exchange::may_have_had_effect);
        let fits = match &self.record.warned {
            Some(Warned::Accepted) => accepted,
            Some(Warned::NotInUse) => !may_have_happened,
            Some(Warned::Failed(_)) => !accepted,
            None => !may_have_happened && self.of_kind(Kind::Delete).next().is_none(),
        };
        assert!(fits, "{:?} is said of {:?}", self.record.warned, self.own);
    }
}

/// Nobody is logged off before the time is over, unless everybody was seen to have left, or the admin does not wait.
fn time_was_given(done: &[Done], act: &Act, admin: u8) {
    let told = done.iter().flat_map(|one| one.of_kind(Kind::Message));
    let Some(last) = told.filter(|message| message.is_accepted()).map(|one| one.at).max() else {
        return;
    };
    let deletes = || done.iter().flat_map(|one| one.of_kind(Kind::Delete));
    let first = deletes().map(|one| one.at).min();
    let had_left = |one: &Done| {
        let ended = |look: &Exchange| look.is_absent() || one.is_another(look);
        let mut before = one
            .of_kind(Kind::Session)
            .filter(|look| first.is_none_or(|first| look.at < first));
        before.any(ended)
    };
    if admin == HURRIES || done.iter().all(had_left) {
        return;
    }
    let minutes = act.warning().map_or(0, |warning| warning.grace_minutes);
    let longer = if admin == HOLDS {
        LONGER
    } else {
        std::time::Duration::ZERO
    };
    let over = last + Duration::minutes(minutes.into()) + longer;
    for one in deletes() {
        assert!(admin != STOPS && one.at >= over, "before the time is over: {one:?}");
    }
}

fn state_in(look: &Exchange) -> String {
    let body = look.readable().unwrap_or_default();
    body["properties"]["sessionState"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Whether nothing in the answer is a reason not to read it: no field twice, and each of them a text or nothing.
fn is_well_formed(look: &Exchange) -> bool {
    const FIELDS: [&str; 5] = [
        "userPrincipalName",
        "activeDirectoryUserName",
        "sessionState",
        "applicationType",
        "createTime",
    ];
    let Some(Ok(response)) = &look.answer else { return false };
    let text = String::from_utf8_lossy(response.body());
    let once = |name: &&str| text.matches(&format!("\"{name}\"")).count() <= 1;
    let names = || ["id", "properties"].into_iter().chain(FIELDS);
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    let is_text = |name: &&str| matches!(body["properties"][*name], Value::Null | Value::String(_));
    !text.contains(['\\', '\u{fffd}']) && names().all(|name| once(&name)) && FIELDS.iter().all(is_text)
}
