//! Setting a search going, stopping it, trying parts of it again.

use futures::Stream;
use futures::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::focus::focus;
use super::pace::paced;
use super::state::Desk;
use crate::browser;
use crate::config::ServerFilter;
use crate::desk::again::{Again, again};
use crate::desk::direct::open;
use crate::desk::findings::Findings;
use crate::desk::search::{Event, Query, search, search_again};
use crate::desk::sign_in_needed;
use crate::desk::typed::{Wanted, understand};
use crate::text::{labels, nothing, phrases};

impl Desk {
    /// Puts a text into the box.
    pub fn type_in(self, text: String) {
        self.tools().workspace.keep_typed(&text);
        self.typed.set(text);
    }

    /// Searches for what stands in the box.
    pub fn find(self) {
        if !self.account.with_untracked(Option::is_some) {
            return;
        }
        let typed = self.typed.get_untracked();
        let understood = understand(&browser::nfc(&typed));
        let wanted = understood.wanted.clone();
        let nothing_at_all = understood.rest.is_empty();
        self.understood.set(understood);
        if wanted.is_empty() {
            self.say(match nothing_at_all {
                true => labels::NOTHING_TYPED,
                false => labels::NOTHING_UNDERSTOOD,
            });
            focus("upn");
            return;
        }
        self.search_everywhere(wanted);
    }

    /// Reads again what failed.
    pub fn try_again(self) {
        let Some(mut findings) = self.findings.get_untracked() else {
            return;
        };
        focus("coverage-heading");
        match again(&mut findings) {
            Again::Everything => self.search_everywhere(findings.wanted().to_vec()),
            Again::Part(part) => {
                let whose = findings.whose().clone();
                self.findings.set(Some(findings));
                self.say(phrases::searching(0));
                self.run(search_again(&self.tools().arm, whose, part));
            }
            Again::Address(id) => {
                self.findings.set(Some(Findings::of_address(id.clone())));
                self.say(phrases::searching(0));
                self.run(open(&self.tools().arm, id));
            }
        }
    }

    /// Stops the search; what was not read stays unread, and the coverage says so.
    pub fn stop_search(self) {
        self.abort_search();
        if self.is_searching() {
            self.findings.update(|findings| {
                if let Some(findings) = findings {
                    findings.stop();
                }
            });
            self.announce_end(Some(labels::STOPPED));
        }
    }

    /// After a sign-in, reads what the one before could not.
    pub fn try_again_after_sign_in(self) {
        let wants_it = self.findings.with_untracked(|findings| {
            let coverage = findings.as_ref().map(Findings::coverage);
            coverage.is_some_and(|coverage| sign_in_needed::in_coverage(coverage).is_some())
        });
        if wants_it
            && !self
                .findings
                .with_untracked(|f| f.as_ref().is_some_and(Findings::is_under_way))
        {
            self.try_again();
        }
    }

    /// Ends a search with nobody to see it.
    pub fn abandon_search(self) {
        self.abort_search();
    }

    /// Searches everywhere for these users.
    pub fn search_everywhere(self, wanted: Vec<Wanted>) {
        let cleared = self.selection.try_update(|selection| selection.clear());
        self.alert.set(None);
        self.note.set(None);
        self.say(phrases::searching(cleared.unwrap_or_default()));
        self.findings.set(Some(Findings::new(wanted.clone())));
        let query = Query {
            whose: wanted.into(),
            subscriptions: self.config().subscriptions.clone(),
            may_filter: self.config().server_filter == ServerFilter::Auto,
        };
        self.run(search(&self.tools().arm, query));
    }

    /// Dropping the stream of an older search drops its requests and whatever they would still have told.
    fn run(self, events: impl Stream<Item = Event> + 'static) {
        self.abort_search();
        let (handle, registration) = AbortHandle::new_pair();
        self.search.set_value(Some(handle));
        let clock = self.tools().ports.clock;
        let work = async move {
            let take = |events: Vec<Event>| {
                self.findings.update(|findings| {
                    if let Some(findings) = findings {
                        events.into_iter().for_each(|event| findings.apply(event));
                    }
                });
            };
            paced(events, &*clock, take).await;
            self.announce_end(None);
        };
        spawn_local(async move {
            // Aborted means that somebody else has already said what happens now.
            let _ = Abortable::new(work, registration).await;
        });
    }

    fn abort_search(self) {
        let running = self.search.try_update_value(Option::take).flatten();
        if let Some(handle) = running {
            handle.abort();
        }
    }

    fn announce_end(self, first: Option<&'static str>) {
        self.findings.with_untracked(|findings| {
            let Some(findings) = findings else { return };
            let said = match findings.nothing() {
                Some(what) => nothing(what, findings.coverage()),
                None => phrases::found(findings),
            };
            self.say(match first {
                Some(first) => format!("{first} {said}"),
                None => said,
            });
            if let Some(needed) = sign_in_needed::in_coverage(findings.coverage()) {
                self.need_sign_in(needed);
            }
        });
    }
}
