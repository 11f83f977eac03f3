//! Searching, as `src/page/searching.rs` does it.

use std::rc::Rc;

use avd_logoff::arm::SessionId;
use avd_logoff::desk::again::{Again, again};
use avd_logoff::desk::coverage::Reading;
use avd_logoff::desk::direct::open;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::search::{Event, Query, search, search_again};
use avd_logoff::desk::sign_in_needed;
use avd_logoff::desk::typed::{Whose, understand};
use avd_logoff::ports::Clock as _;
use futures::{Stream, StreamExt as _};
use time::OffsetDateTime;

use super::Page;
use crate::story::Searched;

impl Page {
    /// `Desk::find`, for a text in the box.
    pub fn find(self: &Rc<Self>, typed: &str) {
        let wanted = understand(typed).wanted;
        if self.account.borrow().is_some() && !wanted.is_empty() {
            self.workspace.keep_typed(typed);
            self.search_everywhere(wanted.into());
        }
    }

    /// Lists everybody's sessions.
    pub fn list_everybody(self: &Rc<Self>) {
        if self.account.borrow().is_some() {
            self.search_everywhere(Whose::Everyone);
        }
    }

    /// Opens one session by its address.
    pub fn open(self: &Rc<Self>, id: SessionId) {
        if self.account.borrow().is_some() {
            self.selection.borrow_mut().clear();
            self.open_again(id);
        }
    }

    fn open_again(self: &Rc<Self>, id: SessionId) {
        *self.findings.borrow_mut() = Some(Findings::of_address(id.clone()));
        self.first_begun.set(Some(self.tab.time.now()));
        self.run(open(&self.arm, id));
    }

    pub(super) fn search_everywhere(self: &Rc<Self>, whose: Whose) {
        self.selection.borrow_mut().clear();
        *self.findings.borrow_mut() = Some(Findings::new(whose.clone()));
        self.first_begun.set(Some(self.tab.time.now()));
        let query = Query {
            whose,
            subscriptions: Vec::new(),
            may_filter: self.tab.may_filter,
        };
        self.run(search(&self.arm, query));
    }

    /// `Desk::try_again`.
    pub fn try_again(self: &Rc<Self>) {
        let Some(mut findings) = self.findings.borrow().clone() else {
            return;
        };
        let whose = findings.whose().clone();
        match again(&mut findings) {
            Again::Everything => self.search_everywhere(whose),
            Again::Part(part) => {
                *self.findings.borrow_mut() = Some(findings);
                self.run(search_again(&self.arm, whose, part));
            }
            Again::Address(id) => self.open_again(id),
        }
    }

    /// `Desk::stop_search`.
    pub fn stop_search(self: &Rc<Self>) {
        self.abort_search();
        if let Some(findings) = self.findings.borrow_mut().as_mut().filter(|f| f.is_under_way()) {
            findings.stop();
        }
        self.end_of_search();
    }

    pub(super) fn abort_search(&self) {
        if let Some(handle) = self.search.take() {
            handle.abort();
        }
    }

    pub(super) fn run(self: &Rc<Self>, events: impl Stream<Item = Event> + 'static) {
        self.abort_search();
        let page = Rc::clone(self);
        let begun = self.tab.time.now();
        let work = async move {
            let mut events = std::pin::pin!(events);
            let mut read = Vec::new();
            while let Some(event) = events.next().await {
                page.tab.story.tell(|| format!("search  {event:?}"));
                match &event {
                    Event::Done(pool, Reading::Read | Reading::ReadByFilter) => {
                        read.push((pool.key(), page.tab.time.now()));
                    }
                    Event::Doubted(pools) => read.retain(|(key, _)| !pools.iter().any(|pool| pool.key() == *key)),
                    _ => (),
                }
                if let Some(findings) = page.findings.borrow_mut().as_mut() {
                    findings.apply(event);
                }
            }
            page.search.take();
            page.tell_searched(begun, read);
            page.end_of_search();
        };
        *self.search.borrow_mut() = Some(self.tab.tasks.spawn_abortable(work));
    }

    pub(super) fn tell_searched(&self, begun: OffsetDateTime, read: Vec<(String, OffsetDateTime)>) {
        let Some(findings) = self.findings.borrow().clone() else {
            return;
        };
        self.tab.story.tell(|| {
            let said = (findings.nothing(), findings.rows().len(), findings.coverage().verdict());
            format!("page    search ended: {said:?}")
        });
        self.tab.story.searches.borrow_mut().push(Searched {
            first_begun: self.first_begun.get().unwrap_or(begun),
            begun,
            ended: self.tab.time.now(),
            read,
            findings,
        });
    }

    pub(super) fn end_of_search(&self) {
        let findings = self.findings.borrow();
        let needed = findings
            .as_ref()
            .and_then(|f| sign_in_needed::in_coverage(f.coverage()));
        if needed.is_some() {
            *self.needed.borrow_mut() = needed;
        }
    }

    /// Whether a search is under way.
    pub fn is_searching(&self) -> bool {
        self.search.borrow().is_some()
    }
}
