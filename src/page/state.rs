//! The signals that all parts of the page share, and the tools behind them. Holds; does not decide.

use std::rc::Rc;

use futures::future::AbortHandle;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::arm::{ArmClient, ArmSettings, Timestamp};
use crate::auth::{Account, AuthError, Authority, PublicClient, PublicClientSettings};
use crate::browser;
use crate::config::{Config, TokenCache};
use crate::desk::book::{Book, Index};
use crate::desk::coverage::Phase;
use crate::desk::findings::{Findings, Row};
use crate::desk::log_off::Stop;
use crate::desk::plan::{Circumstances, Plan};
use crate::desk::receipt::{Operator, Receipt, Record};
use crate::desk::selection::Selection;
use crate::desk::typed::Understood;
use crate::desk::workspace::Workspace;
use crate::ports::Ports;
use crate::text::{Explanation, age, local_time};

/// What the signals are made with.
#[derive(Clone)]
pub struct Tools {
    pub config: Rc<Config>,
    pub client: PublicClient,
    pub arm: ArmClient,
    pub workspace: Workspace,
    pub ports: Ports,
}

/// Something that went wrong and concerns the whole page.
#[derive(Clone, PartialEq, Eq)]
pub struct Alert {
    pub explanation: Explanation,
    /// Whether signing in again is what helps.
    pub sign_in: bool,
}

/// A plan that waits for the person's word, and where the pointer was when it was asked for.
#[derive(Clone, PartialEq)]
pub struct Asked {
    pub plan: Plan,
    pub at: Option<Press>,
}

/// A press of the pointer, to tell the second half of a double click from a decision.
#[derive(Clone, Copy, PartialEq)]
pub struct Press {
    pub x: i32,
    pub y: i32,
    pub time: f64,
}

/// Everything on the page, to be handed around.
#[derive(Clone, Copy)]
pub struct Desk {
    tools: StoredValue<Tools, LocalStorage>,
    pub(super) starting: RwSignal<bool>,
    pub(super) account: RwSignal<Option<Account>>,
    /// A sentence about a reload.
    pub(super) note: RwSignal<Option<&'static str>>,
    pub(super) typed: RwSignal<String>,
    pub(super) understood: RwSignal<Understood>,
    pub(super) findings: RwSignal<Option<Findings>>,
    pub(super) search: StoredValue<Option<AbortHandle>>,
    pub(super) selection: RwSignal<Selection>,
    pub(super) asked: RwSignal<Option<Asked>>,
    /// "Do not ask again in this tab".
    pub(super) skips_dialog: RwSignal<bool>,
    pub(super) receipt: RwSignal<Receipt>,
    index: Memo<Index>,
    pub(super) stops: StoredValue<Vec<Stop>, LocalStorage>,
    leaves_on_purpose: RwSignal<bool>,
    pub(super) alert: RwSignal<Option<Alert>>,
    pub(super) status: RwSignal<String>,
}

impl Desk {
    /// A desk with what the tab has kept over a reload.
    ///
    /// # Errors
    /// [`AuthError`] if the configured addresses do not fit together.
    pub fn new(config: Config, ports: &Ports) -> Result<Self, AuthError> {
        let settings = PublicClientSettings {
            client_id: config.client_id.clone(),
            authority: Authority::new(config.cloud.authority_host.clone(), &config.tenant),
            scope: config.cloud.scope.clone(),
            redirect_uri: browser::redirect_uri().ok_or(AuthError::BadSettings)?,
            declare_client_capabilities: config.declare_client_capabilities,
            tokens_survive_reload: config.token_cache == TokenCache::Session,
        };
        let client = PublicClient::new(settings, ports.clone())?;
        let arm = ArmSettings {
            endpoint: config.cloud.resource_manager.clone(),
            api_version: config.api_version.clone(),
        };
        let arm = ArmClient::new(arm, Rc::new(client.clone()), ports.clone());
        let workspace = Workspace::new(Rc::clone(&ports.storage));
        let kept = workspace.receipt(ports.clock.now());
        if let Some(receipt) = &kept {
            // What a reload has interrupted is written down as that, in case there is another reload.
            workspace.keep_receipt(receipt);
        }
        let receipt = kept.unwrap_or_default();
        let receipt = RwSignal::new(receipt);
        let count = Memo::new(move |_| receipt.with(|receipt| receipt.records.len()));
        let index = Memo::new(move |_| {
            // Read, not merely tracked: a memo that nobody has read yet follows nothing.
            let _ = count.get();
            receipt.with_untracked(Index::of)
        });
        let typed = workspace.typed();
        let tools = Tools {
            config: Rc::new(config),
            client,
            arm,
            workspace,
            ports: ports.clone(),
        };
        Ok(Self {
            tools: StoredValue::new_local(tools),
            starting: RwSignal::new(true),
            account: RwSignal::new(None),
            note: RwSignal::new(None),
            typed: RwSignal::new(typed),
            understood: RwSignal::new(Understood::default()),
            findings: RwSignal::new(None),
            search: StoredValue::new(None),
            selection: RwSignal::new(Selection::default()),
            asked: RwSignal::new(None),
            skips_dialog: RwSignal::new(false),
            receipt,
            index,
            stops: StoredValue::new_local(Vec::new()),
            leaves_on_purpose: RwSignal::new(false),
            alert: RwSignal::new(None),
            status: RwSignal::new(String::new()),
        })
    }

    pub fn tools(self) -> Tools {
        self.tools.get_value()
    }

    pub fn config(self) -> Rc<Config> {
        self.tools.with_value(|tools| Rc::clone(&tools.config))
    }

    pub fn is_starting(self) -> bool {
        self.starting.get()
    }

    pub fn is_signed_in(self) -> bool {
        self.account.with(Option::is_some)
    }

    /// The box is shown to whoever can use it, and to whoever has left something in it.
    pub fn shows_search_form(self) -> bool {
        self.is_signed_in() || !self.is_starting() && !self.typed.with_untracked(String::is_empty)
    }

    pub fn is_searching(self) -> bool {
        self.findings.with(|findings| {
            findings
                .as_ref()
                .is_some_and(|f| f.coverage().phase() == Phase::Searching)
        })
    }

    pub fn is_logging_off(self) -> bool {
        self.receipt.with(Receipt::is_under_way)
    }

    /// Whether something is left that "Stop logging off" could keep from being sent.
    pub fn can_stop_logging_off(self) -> bool {
        self.receipt
            .with(|receipt| receipt.records.iter().any(|record| record.outcome.is_none()))
    }

    pub fn leave_on_purpose(self, on: bool) {
        self.leaves_on_purpose.set(on);
    }

    pub fn leaves_on_purpose(self) -> bool {
        self.leaves_on_purpose.get_untracked()
    }

    /// Says something politely.
    pub fn say(self, text: impl Into<String>) {
        self.status.set(text.into());
    }

    /// Says that something went wrong.
    pub fn complain(self, explanation: Explanation, sign_in: bool) {
        self.alert.set(Some(Alert { explanation, sign_in }));
    }

    pub fn operator(self, account: &Account) -> Operator {
        Operator {
            username: account.username.clone(),
            object_id: account.object_id.clone(),
            tenant_id: account.tenant_id.clone(),
            cloud: self.config().cloud.name.clone(),
        }
    }

    pub fn circumstances(self) -> Circumstances {
        let config = self.config();
        Circumstances {
            operator: self
                .account
                .with_untracked(|account| account.as_ref().map(|a| a.username.clone()))
                .unwrap_or_default(),
            protected_users: config.protected_users.clone(),
            allow_skipping: config.allow_skipping_confirmation,
        }
    }

    /// Reads the receipt with its index, and follows both.
    pub fn with_book<T>(self, read: impl FnOnce(Book<'_>) -> T) -> T {
        let (receipt, index) = (self.receipt.read(), self.index.read());
        read(Book::new(&receipt, &index))
    }

    /// Reads them once.
    pub fn with_book_untracked<T>(self, read: impl FnOnce(Book<'_>) -> T) -> T {
        untrack(|| self.with_book(read))
    }

    /// The newest record about a row's session, with its place in the receipt.
    pub fn record_of(self, row: &Row) -> Option<(usize, Record)> {
        self.with_book(|book| book.latest(row).map(|(at, record)| (at, record.clone())))
    }

    pub fn now(self) -> OffsetDateTime {
        self.tools.with_value(|tools| tools.ports.clock.now())
    }

    /// A point in time as people read it here.
    pub fn local(self, at: OffsetDateTime) -> String {
        let offset = self.tools.with_value(|tools| tools.ports.clock.local_offset(at));
        local_time(at, offset)
    }

    /// Azure's time in local time and as an age, where it can be read.
    pub fn time_and_age(self, timestamp: &Timestamp) -> Option<(String, String)> {
        let at = timestamp.instant()?;
        Some((self.local(at), age(at, self.now())))
    }
}

impl Press {
    /// Of a click; `None` if the keyboard made it.
    pub fn of(event: &MouseEvent) -> Option<Self> {
        (event.detail() > 0).then(|| Self {
            x: event.client_x(),
            y: event.client_y(),
            time: event.time_stamp(),
        })
    }

    /// Whether `self` can only be the second half of the double click that began with `first`: at the same place, and
    /// sooner than anybody can read.
    pub fn repeats(self, first: Self) -> bool {
        let near = (self.x - first.x).abs() < 10 && (self.y - first.y).abs() < 10;
        near && self.time - first.time < 700.0
    }
}
