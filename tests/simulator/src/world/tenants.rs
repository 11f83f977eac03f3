//! Tenants beside the company's: who belongs to which, as a member or as a guest, and whose a subscription is.

use super::{Guest, Person, Tenant, World};

impl World {
    /// All tenants, the company's first.
    pub fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        std::iter::once(&self.tenant).chain(&self.other_tenants)
    }

    /// The tenant with this id or domain, whatever the case.
    pub fn tenant_named(&self, name: &str) -> Option<&Tenant> {
        self.tenants()
            .find(|tenant| tenant.id.eq_ignore_ascii_case(name) || tenant.domain.eq_ignore_ascii_case(name))
    }

    /// The tenant that holds this person's account; the company's for somebody nobody knows.
    pub fn home_of(&self, upn: &str) -> &Tenant {
        let home = self.homes.get(&upn.to_lowercase());
        home.and_then(|id| self.tenant_named(id)).unwrap_or(&self.tenant)
    }

    /// The id under which a tenant knows this person: a guest has another one than at home
    /// (Microsoft entra-docs, external-id/user-properties.md). `None` for somebody who is neither member nor guest.
    pub fn object_id_in(&self, tenant: &str, upn: &str) -> Option<&str> {
        let wanted = upn.to_lowercase();
        if self.home_of(upn).id.eq_ignore_ascii_case(tenant) {
            return self.person(upn).map(|person| person.object_id.as_str());
        }
        let guest = self
            .guests
            .iter()
            .find(|guest| guest.tenant.eq_ignore_ascii_case(tenant) && guest.upn.to_lowercase() == wanted);
        guest.map(|guest| guest.object_id.as_str())
    }

    /// The tenant that a subscription trusts; the company's for one that nobody knows.
    pub fn tenant_of(&self, subscription: &str) -> &Tenant {
        let owner = self.owners.get(&subscription.to_lowercase());
        owner.and_then(|id| self.tenant_named(id)).unwrap_or(&self.tenant)
    }

    /// Adds a tenant beside the company's.
    pub fn add_tenant(&mut self, id: &str, domain: &str, name: &str) {
        self.other_tenants.push(Tenant {
            id: id.to_owned(),
            domain: domain.to_owned(),
            name: name.to_owned(),
        });
    }

    /// Adds someone whose account is in this tenant and not in the company's.
    pub fn add_member(&mut self, tenant: &str, upn: &str, name: &str) -> &mut Person {
        self.homes.insert(upn.to_lowercase(), tenant.to_owned());
        self.add_person(upn, name)
    }

    /// Makes somebody of one tenant a guest of another.
    pub fn invite(&mut self, tenant: &str, upn: &str) {
        let object_id = self.seed.guid();
        self.guests.push(Guest {
            tenant: tenant.to_owned(),
            upn: upn.to_owned(),
            object_id,
        });
    }

    /// Adds a subscription that trusts this tenant.
    pub fn add_subscription_in(&mut self, tenant: &str, id: &str, name: &str) {
        self.owners.insert(id.to_lowercase(), tenant.to_owned());
        self.add_subscription(id, name);
    }
}
