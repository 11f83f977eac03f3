//! The company's host pools: where they are, how large, and how their hosts are named.

/// How host names look.
#[derive(Clone, Copy)]
pub(super) enum Naming {
    /// Domain-joined: an FQDN, in mixed case.
    Fqdn,
    /// Entra-joined: the bare name.
    Bare,
}

/// A planned host pool.
pub(super) struct Planned {
    pub(super) subscription: usize,
    pub(super) group: &'static str,
    pub(super) name: &'static str,
    pub(super) friendly: &'static str,
    pub(super) kind: &'static str,
    pub(super) prefix: &'static str,
    pub(super) naming: Naming,
    pub(super) hosts: usize,
    pub(super) sessions: usize,
}

const fn pool(
    place: (usize, &'static str),
    name: (&'static str, &'static str),
    kind: &'static str,
    hosts: (&'static str, Naming, usize),
    sessions: usize,
) -> Planned {
    Planned {
        subscription: place.0,
        group: place.1,
        name: name.0,
        friendly: name.1,
        kind,
        prefix: hosts.0,
        naming: hosts.1,
        hosts: hosts.2,
        sessions,
    }
}

/// All pools. Names hold dots, spaces and mixed case, because real ones do.
pub(super) const POOLS: [Planned; 16] = [
    pool(
        (0, "rg-avd-prod-weu"),
        ("HP-Office", "Office"),
        "Pooled",
        ("AVDOFF", Naming::Fqdn, 18),
        190,
    ),
    pool(
        (0, "rg-avd-prod-weu"),
        ("HP-Office-Night", "Office, night shift"),
        "Pooled",
        ("AVDNGT", Naming::Fqdn, 6),
        30,
    ),
    pool(
        (0, "rg-avd-prod-weu"),
        ("HP-CallCenter", "Call centre"),
        "Pooled",
        ("AVDCC", Naming::Fqdn, 14),
        150,
    ),
    pool(
        (0, "RG-AVD-Prod-NEU"),
        ("HP-Engineering", "Engineering"),
        "Pooled",
        ("avdeng", Naming::Fqdn, 10),
        60,
    ),
    pool(
        (0, "RG-AVD-Prod-NEU"),
        ("HP CAD Design", "CAD and design"),
        "Personal",
        ("CAD-", Naming::Fqdn, 12),
        12,
    ),
    pool(
        (0, "rg-avd-prod-apps"),
        ("hp-remoteapps", "Published applications"),
        "Pooled",
        ("avdapp", Naming::Fqdn, 8),
        90,
    ),
    pool(
        (1, "rg-avd-branch"),
        ("HP-Branch", "Branches, not yet assigned"),
        "Pooled",
        ("AVDBR0", Naming::Fqdn, 2),
        4,
    ),
    pool(
        (1, "rg-avd-branch"),
        ("HP-Branch.North", "Branches north"),
        "Pooled",
        ("AVDBRN", Naming::Bare, 8),
        70,
    ),
    pool(
        (1, "rg-avd-branch"),
        ("HP-Branch.South", "Branches south"),
        "Pooled",
        ("AVDBRS", Naming::Bare, 8),
        70,
    ),
    pool(
        (1, "rg-avd-branch"),
        ("HP-Branch.East", "Branches east"),
        "Pooled",
        ("AVDBRE", Naming::Bare, 6),
        50,
    ),
    pool(
        (1, "rg-avd-warehouse"),
        ("HP-Warehouse", "Warehouse"),
        "Pooled",
        ("AVDWH", Naming::Bare, 6),
        60,
    ),
    pool(
        (2, "rg-avd-finance"),
        ("HP-Finance", "Finance"),
        "Pooled",
        ("AVDFIN", Naming::Fqdn, 8),
        60,
    ),
    pool(
        (2, "rg-avd-projects"),
        ("HP-Projects", "Projects"),
        "Pooled",
        ("AVDPRJ", Naming::Fqdn, 8),
        60,
    ),
    pool(
        (2, "rg-avd-projects"),
        ("HP-Training", "Training rooms"),
        "Pooled",
        ("AVDTRN", Naming::Bare, 6),
        30,
    ),
    pool(
        (2, "rg-avd-projects"),
        ("HP-Contractors", "Contractors"),
        "BYODesktop",
        ("BYO-", Naming::Bare, 6),
        6,
    ),
    pool(
        (2, "rg-avd-test"),
        ("HP-Test", "Test"),
        "Pooled",
        ("AVDTST", Naming::Fqdn, 4),
        0,
    ),
];
