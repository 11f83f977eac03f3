//! Setting a search going, stopping it, trying parts of it again.

use futures::Stream;
use futures::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::addressing;
use super::focus::focus;
use super::pace::paced;
use super::state::Desk;
use crate::arm::SessionId;
use crate::browser;
use crate::config::ServerFilter;
use crate::desk::again::{Again, again};
use crate::desk::direct::open;
use crate::desk::findings::Findings;
use crate::desk::listing::View;
use crate::desk::search::{Event, Query, search, search_again};
use crate::desk::sign_in_needed;
use crate::desk::typed::{Whose, understand};
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
        addressing::leave_address();
        self.search_everywhere(wanted);
    }

    /// Lists everybody's sessions, whatever stands in the box.
    pub fn list_all(self) {
        if self.account.with_untracked(Option::is_some) {
            addressing::leave_address();
            self.understood.set(Default::default());
            self.search_everywhere(Whose::Everyone);
        }
    }

    /// Reads again what failed.
    pub fn try_again(self) {
        let Some(mut findings) = self.findings.get_untracked() else {
            return;
        };
        focus("coverage-heading");
        match again(&mut findings) {
            Again::Everything => self.search_everywhere(findings.whose().clone()),
            Again::Part(part) => {
                let whose = findings.whose().clone();
                self.findings.set(Some(findings));
                self.say(phrases::searching(0));
                self.run(search_again(&self.tools().arm, whose, part));
            }
            Again::Address(id) => {
                self.open_session(id);
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

    /// Searches everywhere.
    pub fn search_everywhere(self, whose: impl Into<Whose>) {
        let whose = whose.into();
        let cleared = self.begin_anew(Findings::new(whose.clone()));
        self.say(phrases::searching(cleared));
        let query = Query {
            whose,
            subscriptions: self.config().subscriptions.clone(),
            may_filter: self.config().server_filter == ServerFilter::Auto,
        };
        self.run(search(&self.tools().arm, query));
    }

    /// Reads and shows one session.
    pub fn open_session(self, id: SessionId) {
        self.begin_anew(Findings::of_address(id.clone()));
        self.say(labels::OPENING);
        self.run(open(&self.tools().arm, id));
    }

    /// What was found before gives way; gives back how many sessions are no longer selected. A filter that was made for
    /// other rows would hide new ones.
    fn begin_anew(self, findings: Findings) -> usize {
        let cleared = self.selection.try_update(|selection| selection.clear());
        self.alert.set(None);
        self.note.set(None);
        self.view.set(View::default());
        self.findings.set(Some(findings));
        cleared.unwrap_or_default()
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
