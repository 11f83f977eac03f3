//! Putting things into the world, for tests and scenarios.

use super::{
    Application, ApplicationType, Assignment, Behaviour, Consent, Host, HostKey, HostPool, HostStatus, Life, Person,
    PoolKey, PoolKind, RedirectKind, RedirectUri, ReportedUpn, Session, SessionKey, SessionState, Subscription, World,
};
use time::OffsetDateTime;

impl World {
    /// Adds a subscription.
    pub fn add_subscription(&mut self, id: &str, name: &str) {
        self.subscriptions.push(Subscription {
            id: id.to_owned(),
            name: name.to_owned(),
            state: "Enabled".to_owned(),
            registered: true,
        });
    }

    /// Adds a host pool.
    pub fn add_host_pool(&mut self, subscription: &str, resource_group: &str, name: &str, kind: PoolKind) -> PoolKey {
        let key = PoolKey(self.pools.len());
        let object_id = self.seed.guid();
        self.pools.push(HostPool {
            key,
            subscription: subscription.to_owned(),
            resource_group: resource_group.to_owned(),
            name: name.to_owned(),
            friendly_name: None,
            location: "westeurope".to_owned(),
            kind,
            listed: true,
            object_id,
        });
        key
    }

    /// Adds a session host.
    pub fn add_host(&mut self, pool: PoolKey, name: &str, status: HostStatus) -> HostKey {
        let key = HostKey(self.hosts.len());
        let (object_id, machine_id) = (self.seed.guid(), self.seed.guid());
        self.hosts.push(Host {
            key,
            pool,
            name: name.to_owned(),
            status,
            allow_new_session: true,
            assigned_user: None,
            object_id,
            machine_id,
        });
        key
    }

    /// Adds a session under the lowest free id of the host. Change its other fields through [`World::session_mut`].
    pub fn add_session(
        &mut self,
        host: HostKey,
        upn: &str,
        state: SessionState,
        created: OffsetDateTime,
    ) -> SessionKey {
        let taken: Vec<u32> = self
            .sessions
            .iter()
            .filter(|other| other.host == host)
            .map(|other| other.number)
            .collect();
        let number = (1..).find(|number| !taken.contains(number)).unwrap_or(u32::MAX);
        self.put_session(host, number, upn, state, created)
    }

    pub(crate) fn put_session(
        &mut self,
        host: HostKey,
        number: u32,
        upn: &str,
        state: SessionState,
        created: OffsetDateTime,
    ) -> SessionKey {
        let key = SessionKey(self.next_session);
        self.next_session += 1;
        let local: String = upn.split(['@', '#']).next().unwrap_or(upn).chars().take(20).collect();
        let pool = self
            .host(host)
            .and_then(|host| self.pool(host.pool))
            .map(|pool| pool.name.clone());
        self.sessions.push(Session {
            key,
            host,
            number,
            upn: upn.to_owned(),
            reported: ReportedUpn::AsIs,
            ad_user: format!("CONTOSO\\{local}"),
            application: ApplicationType::Desktop,
            state,
            created: self.switches.create_times.then_some(created),
            created_digits: 7,
            lingers: None,
            behaviour: Behaviour::Ordinary,
            comes_back: None,
            messages: Vec::new(),
        });
        self.history.push(Life {
            key,
            arm_id: self.session_id(key),
            upn: upn.to_owned(),
            pool: pool.unwrap_or_default(),
            created,
            delete_requests: Vec::new(),
            messages: Vec::new(),
            ended: None,
        });
        key
    }

    /// Adds someone who has an account but is not offered on the sign-in page.
    pub fn add_person(&mut self, upn: &str, name: &str) -> &mut Person {
        let object_id = self.seed.guid();
        self.people.push(Person {
            upn: upn.to_owned(),
            name: name.to_owned(),
            object_id,
            signs_in: false,
            note: String::new(),
        });
        let last = self.people.len() - 1;
        &mut self.people[last]
    }

    /// The person with this UPN, whatever its case.
    pub fn person(&self, upn: &str) -> Option<&Person> {
        let wanted = upn.to_lowercase();
        self.people.iter().find(|person| person.upn.to_lowercase() == wanted)
    }

    /// Gives somebody a role at a scope (an ARM id, or `/`).
    pub fn assign(&mut self, upn: &str, role: &str, scope: &str) {
        self.assignments.push(Assignment {
            upn: upn.to_owned(),
            role: role.to_owned(),
            scope: scope.to_owned(),
        });
    }

    /// Registers a single-tenant application, consented to, with redirect URIs of one type.
    pub fn application(&mut self, client_id: &str, redirect_uris: &[&str], kind: RedirectKind) {
        self.applications.push(Application {
            client_id: client_id.to_owned(),
            name: "AVD Log off".to_owned(),
            redirect_uris: redirect_uris
                .iter()
                .map(|uri| RedirectUri {
                    uri: (*uri).to_owned(),
                    kind,
                })
                .collect(),
            multi_tenant: false,
            consent: Consent::Granted,
        });
    }
}
