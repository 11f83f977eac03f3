//! A bench: one simulated Azure, one browser tab, and what a page does in it.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::pin::Pin;
use std::rc::Rc;

use avd_logoff::arm::{ArmClient, ArmSettings};
use avd_logoff::auth::{
    Account, AuthError, Authority, AuthorizationRequest, PublicClient, PublicClientSettings, RESPONSE_KEY,
};
use avd_logoff::desk::act::Act;
use avd_logoff::desk::again::{Again, again};
use avd_logoff::desk::carry_out::{Control, Progress, carry_out};
use avd_logoff::desk::coverage::Part;
use avd_logoff::desk::findings::{Findings, Row};
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::desk::receipt::{Intended, Operator, Receipt};
use avd_logoff::desk::search::{Event, Query, search, search_again};
use avd_logoff::desk::typed::understand;
use avd_logoff::desk::workspace::Workspace;
use avd_logoff::origin::Origin;
use avd_logoff::ports::{Clock as _, Ports};
use avd_logoff_bench::{BEGINNING, VirtualTime};
use azure_simulator::scenario::{CLIENT_ID, TENANT_ID};
use azure_simulator::world::{HostKey, HostStatus, PoolKey, PoolKind, RedirectKind, SessionKey, SessionState};
use azure_simulator::{Fault, Operation, Origins, Recorded, Simulator, World};
use futures::{Stream, StreamExt as _};
use time::{Duration, UtcOffset};
use url::Url;

use super::ports::{MemoryNavigator, MemoryStorage, MemoryWindow, MemoryWindows, SeededRandom, SimulatedAzure};

pub const OPERATOR: &str = "operator@contoso.example";

/// One tab and its Azure.
pub struct Bench {
    pub time: Rc<VirtualTime>,
    pub azure: Rc<SimulatedAzure>,
    pub storage: Rc<MemoryStorage>,
    pub navigator: Rc<MemoryNavigator>,
    pub windows: Rc<MemoryWindows>,
    pub ports: Ports,
    pub tokens_survive_reload: bool,
}

pub fn origins() -> Origins {
    Origins {
        page: "http://localhost:4460".into(),
        login: "http://localhost:4461".into(),
        arm: "http://localhost:4462".into(),
    }
}

impl Bench {
    /// Over the company that looks like a real one.
    pub fn company() -> Self {
        Self::over(World::company(&origins(), 7, BEGINNING))
    }

    /// The same with a second tenant, in which the operator is a guest.
    pub fn company_and_partner() -> Self {
        Self::over(World::company_and_partner(&origins(), 7, BEGINNING))
    }

    pub fn over(world: World) -> Self {
        let time = VirtualTime::new();
        let azure = Rc::new(SimulatedAzure {
            simulator: Rc::new(RefCell::new(Simulator::new(origins(), world, 7))),
            time: Rc::clone(&time),
            requests: Rc::default(),
            sent: Rc::default(),
            network: Rc::default(),
            lookout: RefCell::default(),
        });
        let storage = Rc::new(MemoryStorage::default());
        let navigator = Rc::new(MemoryNavigator::default());
        let windows = Rc::new(MemoryWindows::default());
        let ports = Ports {
            http: Rc::clone(&azure) as Rc<_>,
            clock: Rc::clone(&time) as Rc<_>,
            random: Rc::new(SeededRandom(Cell::new(1))),
            storage: Rc::clone(&storage) as Rc<_>,
            navigator: Rc::clone(&navigator) as Rc<_>,
            windows: Rc::clone(&windows) as Rc<_>,
        };
        Self {
            time,
            azure,
            storage,
            navigator,
            windows,
            ports,
            tokens_survive_reload: false,
        }
    }

    pub fn simulator(&self) -> RefMut<'_, Simulator> {
        self.azure.simulator.borrow_mut()
    }

    pub fn world(&self) -> Ref<'_, World> {
        Ref::map(self.azure.simulator.borrow(), |simulator| &simulator.world)
    }

    pub fn fault(&self, fault: Fault) {
        self.simulator().faults.push(fault);
    }

    /// What the simulated Azure was asked to do, of one kind.
    pub fn recorded(&self, operation: Operation) -> Vec<Recorded> {
        self.azure
            .simulator
            .borrow()
            .recorded(operation)
            .into_iter()
            .cloned()
            .collect()
    }

    pub fn count(&self, operation: Operation) -> usize {
        self.azure.simulator.borrow().recorded(operation).len()
    }

    pub fn settings(&self) -> PublicClientSettings {
        let origins = origins();
        PublicClientSettings {
            client_id: CLIENT_ID.into(),
            authority: Authority::new(Origin::parse(&origins.login).unwrap(), TENANT_ID),
            scope: format!("{}/user_impersonation", origins.arm),
            redirect_uri: Url::parse(&format!("{}/redirect.html", origins.page)).unwrap(),
            relay: None,
            declare_client_capabilities: true,
            tokens_survive_reload: self.tokens_survive_reload,
        }
    }

    /// A page that has just been loaded in this tab.
    pub fn load(&self) -> PublicClient {
        PublicClient::new(self.settings(), self.ports.clone()).unwrap()
    }

    /// Where the page went last.
    pub fn went_to(&self) -> Url {
        self.navigator.0.borrow().last().cloned().expect("the page stayed")
    }

    /// The window that was opened last.
    pub fn opened(&self) -> Rc<MemoryWindow> {
        self.windows.0.borrow().last().cloned().expect("no window was opened")
    }

    /// What `redirect.html` does with the address that the authority sent the browser to.
    pub fn come_back(&self, location: &str) {
        let url = Url::parse(location).unwrap();
        assert_eq!(url.path(), "/redirect.html");
        let response = url.fragment().or(url.query()).unwrap().to_owned();
        self.storage.values.borrow_mut().insert(RESPONSE_KEY.into(), response);
    }

    /// A person signs in at the authority; gives back where the browser is sent.
    pub fn at_the_login_page(&self, url: &str, upn: &str) -> String {
        let now = self.time.now();
        self.simulator()
            .sign_in_as(now, url, upn)
            .expect("the login page lets in")
    }

    /// Signs a person in, through the login page and back.
    pub fn try_sign_in(&self, upn: &str) -> Result<(PublicClient, Account), AuthError> {
        self.load().login_redirect(&AuthorizationRequest::default())?;
        let location = self.at_the_login_page(self.went_to().as_str(), upn);
        self.come_back(&location);
        let client = self.load();
        let account = self.time.run(client.handle_redirect())?.expect("there was an answer");
        Ok((client, account))
    }

    pub fn sign_in(&self, upn: &str) -> PublicClient {
        self.try_sign_in(upn).unwrap().0
    }

    pub fn arm(&self, upn: &str) -> ArmClient {
        self.arm_with(&self.sign_in(upn), &origins().arm)
    }

    /// A client at this Resource Manager, with these tokens.
    pub fn arm_with(&self, client: &PublicClient, endpoint: &str) -> ArmClient {
        let settings = ArmSettings {
            endpoint: Origin::parse(endpoint).unwrap(),
            api_version: "2024-04-03".into(),
        };
        ArmClient::new(settings, Rc::new(client.clone()), self.ports.clone())
    }

    /// Searches to the end.
    pub fn find(&self, arm: &ArmClient, typed: &str) -> Findings {
        self.find_in(arm, typed, &[])
    }

    pub fn find_in(&self, arm: &ArmClient, typed: &str, subscriptions: &[&str]) -> Findings {
        let wanted = understand(typed).wanted;
        let query = Query {
            whose: wanted.clone().into(),
            subscriptions: subscriptions.iter().map(|&s| s.into()).collect(),
            may_filter: true,
        };
        let mut findings = Findings::new(wanted);
        self.follow(search(arm, query), &mut findings);
        findings
    }

    /// Takes in a stream to its end.
    pub fn follow(&self, events: impl Stream<Item = Event>, findings: &mut Findings) {
        self.time.run(events.for_each(|event| {
            findings.apply(event);
            async {}
        }));
    }

    /// What "Try these again" does after a search that knew where to look.
    pub fn try_part_again(&self, arm: &ArmClient, findings: &mut Findings) -> Part {
        let Again::Part(part) = again(findings) else {
            panic!("a part of it is enough");
        };
        self.follow(search_again(arm, findings.whose().clone(), part.clone()), findings);
        part
    }

    /// Confirms and logs off, to the end; gives back each step and the receipt.
    pub fn log_off(&self, arm: &ArmClient, rows: &[Row], force: bool) -> (Vec<Progress>, Receipt) {
        self.log_off_until(arm, rows, force, &Control::default(), |_| ())
    }

    /// Confirms and logs off, as a stream to be run beside something else; keeps no receipt.
    pub fn log_off_stream(
        &self,
        arm: &ArmClient,
        rows: &[Row],
        force: bool,
        control: &Control,
    ) -> Pin<Box<dyn Stream<Item = Progress>>> {
        let intended = self.intended(&mut Receipt::default(), rows, Act::log_off(force));
        Box::pin(carry_out(arm, intended, control.clone()))
    }

    /// Confirms, and writes the intent into this receipt.
    fn intended(&self, receipt: &mut Receipt, rows: &[Row], act: Act) -> Intended {
        let plan = Plan::freeze(rows, act, &Circumstances::default());
        let typed = plan.text_to_type().unwrap_or_default();
        let confirmed = plan.confirm(&typed).expect("what is asked for was typed");
        let workspace = Workspace::new(Rc::clone(&self.ports.storage));
        workspace.record_intent(receipt, &confirmed, self.time.now())
    }

    /// The same, and sees each step while it goes on.
    pub fn log_off_until(
        &self,
        arm: &ArmClient,
        rows: &[Row],
        force: bool,
        control: &Control,
        at_step: impl FnMut(&Progress),
    ) -> (Vec<Progress>, Receipt) {
        self.do_until(arm, rows, Act::log_off(force), control, at_step)
    }

    /// Confirms and does anything, to the end.
    pub fn do_until(
        &self,
        arm: &ArmClient,
        rows: &[Row],
        act: Act,
        control: &Control,
        mut at_step: impl FnMut(&Progress),
    ) -> (Vec<Progress>, Receipt) {
        let mut receipt = Receipt::new(
            Operator {
                username: OPERATOR.into(),
                ..Operator::default()
            },
            UtcOffset::UTC,
        );
        let intended = self.intended(&mut receipt, rows, act);
        let mut steps = Vec::new();
        self.time
            .run(carry_out(arm, intended, control.clone()).for_each(|progress| {
                at_step(&progress);
                receipt.apply(progress.clone());
                steps.push(progress);
                async {}
            }));
        (steps, receipt)
    }
}

/// A small Azure for one question at a time: one subscription, one pool, two hosts, an operator with the custom role.
pub struct Lab {
    pub bench: Bench,
    pub pool: PoolKey,
    pub hosts: [HostKey; 2],
}

pub const SUBSCRIPTION: &str = "aaaaaaaa-0000-4000-8000-000000000001";
pub const USER: &str = "user0001@contoso.example";
pub const OTHER: &str = "user0002@contoso.example";

impl Lab {
    pub fn new() -> Self {
        let mut world = World::new(3);
        world.application(CLIENT_ID, &["http://localhost:4460/redirect.html"], RedirectKind::Spa);
        world.add_person(OPERATOR, "Operator").signs_in = true;
        world.add_subscription(SUBSCRIPTION, "Lab");
        let pool = world.add_host_pool(SUBSCRIPTION, "RG-Lab", "HP-Lab", PoolKind::Pooled);
        let hosts =
            ["VM-1.Lab.example", "VM-2.Lab.example"].map(|name| world.add_host(pool, name, HostStatus::Available));
        world.assign(
            OPERATOR,
            "AVD Session Sign-out Operator",
            &format!("/subscriptions/{SUBSCRIPTION}"),
        );
        Self {
            bench: Bench::over(world),
            pool,
            hosts,
        }
    }

    /// A session of a user on the first host, begun an hour ago.
    pub fn session(&self, upn: &str) -> SessionKey {
        self.session_on(0, upn, SessionState::Active)
    }

    pub fn session_on(&self, host: usize, upn: &str, state: SessionState) -> SessionKey {
        let begun = BEGINNING - Duration::hours(1);
        self.bench
            .simulator()
            .world
            .add_session(self.hosts[host], upn, state, begun)
    }
}
