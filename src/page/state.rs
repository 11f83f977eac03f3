//! The signals that all parts of the page share, and the tools behind them. Holds; does not decide.

use std::rc::Rc;

use futures::future::AbortHandle;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::arm::{ArmClient, ArmSettings, Tenant, Timestamp};
use crate::auth::{Account, AuthError, Authority, AuthorizationRequest, PublicClient, PublicClientSettings};
use crate::browser;
use crate::config::{Config, TokenCache};
use crate::desk::address::Address;
use crate::desk::book::{Book, Index};
use crate::desk::carry_out::Control;
use crate::desk::coverage::Phase;
use crate::desk::findings::{Findings, Row};
use crate::desk::grace::Stage;
use crate::desk::interruption::Interruption;
use crate::desk::listing::View;
use crate::desk::plan::{Circumstances, Plan};
use crate::desk::receipt::{Operator, Receipt, Record};
use crate::desk::selection::Selection;
use crate::desk::step_up::SignInNeeded;
use crate::desk::typed::Understood;
use crate::desk::workspace::Workspace;
use crate::embedding::Place;
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
    pub place: Place,
}

/// Something that went wrong and concerns the whole page.
#[derive(Clone, PartialEq, Eq)]
pub struct Alert {
    pub explanation: Explanation,
    pub remedy: Remedy,
}

/// What helps against it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing that the page could do.
    None,
    /// Signing in.
    SignIn,
    /// Signing in, and then work goes on that waits for it.
    Continue,
}

/// A sign-in window that stands open.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInWindow {
    /// What it is to bring; for another try.
    pub request: AuthorizationRequest,
    /// Whether it is the relay.
    pub by_relay: bool,
    /// Whether the browser gave no window to hold.
    pub is_withheld: bool,
    /// When it was opened.
    pub opened_at: OffsetDateTime,
}

/// A plan that waits for the person's word, and where the pointer was when it was asked for.
#[derive(Clone, PartialEq)]
pub struct Asked {
    pub plan: Plan,
    pub at: Option<Press>,
}

/// The tenants of the signed-in person, as far as they are known.
#[derive(Clone, PartialEq, Eq)]
pub enum Tenants {
    /// They are being asked for.
    Loading,
    /// These.
    Known(Vec<Tenant>),
    /// They could not be listed.
    Failed,
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
    /// How the table shows its rows.
    pub(super) view: RwSignal<View>,
    /// An address that waits to be opened.
    pub(super) pending: RwSignal<Option<Address>>,
    /// What stands in the form that opens one session.
    pub(super) pieces: RwSignal<[String; 5]>,
    pub(super) asked: RwSignal<Option<Asked>>,
    /// "Do not ask again in this tab".
    pub(super) skips_dialog: RwSignal<bool>,
    pub(super) receipt: RwSignal<Receipt>,
    index: Memo<Index>,
    /// Of what is under way.
    pub(super) controls: StoredValue<Vec<Control>, LocalStorage>,
    /// Changes when users are given time before a log off, or something becomes of that.
    pub(super) grace: RwSignal<Vec<Stage>>,
    /// Of everything that follows sessions to their end.
    pub(super) work: StoredValue<Vec<AbortHandle>>,
    /// What work waits for.
    pub(super) needed: RwSignal<Option<SignInNeeded>>,
    pub(super) window: RwSignal<Option<SignInWindow>>,
    /// The wait for that window.
    pub(super) waiting: StoredValue<Option<AbortHandle>>,
    /// What a sign-in has interrupted and nobody has taken up yet.
    pub(super) interruption: StoredValue<Interruption>,
    /// The person's tenants, once somebody has looked.
    pub(super) tenants: RwSignal<Option<Tenants>>,
    leaves_on_purpose: RwSignal<bool>,
    pub(super) alert: RwSignal<Option<Alert>>,
    pub(super) status: RwSignal<String>,
}

impl Desk {
    /// A desk with what the tab has kept over a reload.
    ///
    /// # Errors
    /// [`AuthError`] if the configured addresses do not fit together.
    pub fn new(config: Config, place: Place, ports: &Ports) -> Result<Self, AuthError> {
        let by_relay = matches!(place, Place::Framed { relay: true, .. });
        let settings = PublicClientSettings {
            client_id: config.client_id.clone(),
            authority: Authority::new(config.cloud.authority_host.clone(), &config.tenant),
            scope: config.cloud.scope.clone(),
            redirect_uri: browser::redirect_uri().ok_or(AuthError::BadSettings)?,
            relay: browser::relay_address().filter(|_| by_relay),
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
        let interruption = workspace.take_interruption();
        let kept = workspace.receipt(&interruption.unsent, ports.clock.now());
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
        let (typed, pending) = (workspace.typed(), workspace.address());
        let tools = Tools {
            config: Rc::new(config),
            client,
            arm,
            workspace,
            ports: ports.clone(),
            place,
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
            view: RwSignal::new(View::default()),
            pending: RwSignal::new(pending),
            pieces: RwSignal::new(Default::default()),
            asked: RwSignal::new(None),
            skips_dialog: RwSignal::new(false),
            receipt,
            index,
            controls: StoredValue::new_local(Vec::new()),
            grace: RwSignal::new(Vec::new()),
            work: StoredValue::new(Vec::new()),
            needed: RwSignal::new(None),
            window: RwSignal::new(None),
            waiting: StoredValue::new(None),
            interruption: StoredValue::new(interruption),
            tenants: RwSignal::new(None),
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

    /// Whether somebody has to sign in and no window is open for that yet.
    pub fn offers_sign_in(self) -> bool {
        !self.is_starting() && !self.is_signed_in() && self.window.with(Option::is_none)
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

    /// The same, asked once.
    pub fn is_logging_off_now(self) -> bool {
        self.receipt.with_untracked(Receipt::is_under_way)
    }

    /// The tenant that an account works in, by its name where that is known; it may become known later.
    pub fn tenant_of(self, account: &Account) -> String {
        let Some(switched_to) = &account.switched_to else {
            return self.config().tenant.clone();
        };
        let known = self.tenants.with(|tenants| match tenants {
            Some(Tenants::Known(tenants)) => tenants.iter().find(|tenant| tenant.id == *switched_to).cloned(),
            _ => None,
        });
        known.map_or_else(|| switched_to.clone(), |tenant| tenant.name)
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

    /// Everything that a person can still do about log offs under way.
    pub fn each_control(self, act: impl FnMut(&Control)) {
        // A copy: deciding wakes work, which may look here again.
        self.controls.get_value().iter().for_each(act);
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
