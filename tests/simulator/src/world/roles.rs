//! Who may do what where: role definitions, assignments, and the rule that joins them.

use super::World;

const AVD: &str = "Microsoft.DesktopVirtualization";

/// What every built-in AVD role also holds (Azure documentation, role-based-access-control/built-in-roles/compute.md).
const COMMON: [&str; 5] = [
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.Support/*",
];

/// A role definition.
#[derive(Clone, Debug)]
pub struct RoleDefinition {
    /// Its name.
    pub name: String,
    /// What it allows; `*` stands for any text, slashes included.
    pub actions: Vec<String>,
    /// What it leaves out of that.
    pub not_actions: Vec<String>,
}

/// A role given to somebody at a scope; it holds at every scope below.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Who.
    pub upn: String,
    /// The role's name.
    pub role: String,
    /// Where: an ARM id, or `/` for everything.
    pub scope: String,
}

impl RoleDefinition {
    /// A role that allows these actions.
    pub fn new(name: &str, actions: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
            not_actions: Vec::new(),
        }
    }

    /// Without these.
    pub fn except(mut self, not_actions: &[&str]) -> Self {
        self.not_actions = not_actions.iter().map(|action| (*action).to_owned()).collect();
        self
    }

    /// Does it allow this action?
    pub fn allows(&self, action: &str) -> bool {
        let matches = |patterns: &[String]| patterns.iter().any(|pattern| covers(pattern, action));
        matches(&self.actions) && !matches(&self.not_actions)
    }
}

/// The least role that can find sessions and log them off, message and disconnect them.
pub fn custom_operator_role() -> RoleDefinition {
    let actions = [
        "Microsoft.Resources/subscriptions/read".to_owned(),
        "Microsoft.Resources/subscriptions/resourceGroups/read".to_owned(),
        format!("{AVD}/hostpools/read"),
        format!("{AVD}/hostpools/sessionhosts/read"),
        format!("{AVD}/hostpools/usersessions/read"),
        format!("{AVD}/hostpools/sessionhosts/usersessions/read"),
        format!("{AVD}/hostpools/sessionhosts/usersessions/delete"),
        format!("{AVD}/hostpools/sessionhosts/usersessions/disconnect/action"),
        format!("{AVD}/hostpools/sessionhosts/usersessions/sendMessage/action"),
    ];
    RoleDefinition {
        name: "AVD Session Sign-out Operator".to_owned(),
        actions: actions.to_vec(),
        not_actions: Vec::new(),
    }
}

/// The built-in roles that matter here (Azure documentation, virtual-desktop/rbac.md and built-in-roles).
pub(crate) fn built_in() -> Vec<RoleDefinition> {
    let avd = |name: &str, actions: &[&str]| {
        let mut role = RoleDefinition::new(name, &COMMON);
        role.actions
            .extend(actions.iter().map(|action| format!("{AVD}/{action}")));
        role
    };
    vec![
        RoleDefinition::new("Owner", &["*"]),
        RoleDefinition::new("Contributor", &["*"]).except(&[
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ]),
        RoleDefinition::new("Reader", &["*/read"]),
        avd(
            "Desktop Virtualization User Session Operator",
            &[
                "hostpools/read",
                "hostpools/sessionhosts/read",
                "hostpools/sessionhosts/usersessions/*",
            ],
        ),
        avd(
            "Desktop Virtualization Session Host Operator",
            &["hostpools/read", "hostpools/sessionhosts/*"],
        ),
        avd("Desktop Virtualization Host Pool Contributor", &["hostpools/*"]),
        avd(
            "Desktop Virtualization Host Pool Reader",
            &["hostpools/*/read", "hostpools/read"],
        ),
        avd("Desktop Virtualization Contributor", &["*"]),
        avd("Desktop Virtualization Reader", &["*/read"]),
        custom_operator_role(),
    ]
}

impl World {
    /// May this person do this at this scope?
    pub fn allows(&self, upn: &str, action: &str, scope: &str) -> bool {
        self.roles_at(upn, scope).any(|role| role.allows(action))
    }

    /// The roles that hold at this scope, given here or above.
    pub fn roles_at(&self, upn: &str, scope: &str) -> impl Iterator<Item = &RoleDefinition> {
        self.assignments
            .iter()
            .filter(move |given| same_person(&given.upn, upn) && scope_covers(&given.scope, scope))
            .filter_map(|given| self.roles.iter().find(|role| role.name == given.role))
    }

    /// Has this person any role at, above or below this scope? That is what makes a subscription visible.
    pub fn sees(&self, upn: &str, scope: &str) -> bool {
        self.assignments.iter().any(|given| {
            same_person(&given.upn, upn) && (scope_covers(&given.scope, scope) || scope_covers(scope, &given.scope))
        })
    }
}

fn same_person(one: &str, two: &str) -> bool {
    one.eq_ignore_ascii_case(two) || one.to_lowercase() == two.to_lowercase()
}

/// Does the upper scope hold the lower one? Whole segments, whatever the case.
pub(crate) fn scope_covers(upper: &str, lower: &str) -> bool {
    fn parts(scope: &str) -> impl Iterator<Item = &str> {
        scope.split('/').filter(|part| !part.is_empty())
    }
    let mut lower = parts(lower);
    parts(upper).all(|part| lower.next().is_some_and(|lower| lower.eq_ignore_ascii_case(part)))
}

/// Does the pattern cover the action? `*` stands for any text; case does not matter.
fn covers(pattern: &str, action: &str) -> bool {
    if !pattern.contains('*') {
        return pattern.eq_ignore_ascii_case(action);
    }
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| action.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_covers_slashes_and_case_does_not_matter() {
        assert!(covers("*", "a/b/read"));
        assert!(covers(
            "*/read",
            "Microsoft.DesktopVirtualization/hostPools/userSessions/read"
        ));
        assert!(!covers(
            "*/read",
            "Microsoft.DesktopVirtualization/hostPools/userSessions/delete"
        ));
        assert!(covers("a/hostpools/*/read", "A/hostpools/usersessions/READ"));
        assert!(!covers("a/hostpools/*/read", "a/hostpools/read"));
        assert!(!covers("a/hostpools/read", "a/hostpools/read/more"));
    }

    #[test]
    fn not_actions_take_away_from_their_own_role_only() {
        let role = RoleDefinition::new("r", &["a/*"]).except(&["a/*/delete"]);
        assert!(role.allows("a/x/read"));
        assert!(!role.allows("a/x/delete"));
    }

    #[test]
    fn a_role_holds_below_its_scope_but_not_beside_it() {
        assert!(scope_covers("/subscriptions/1", "/Subscriptions/1/resourcegroups/rg"));
        assert!(!scope_covers("/subscriptions/1", "/subscriptions/12"));
        assert!(scope_covers("/", "/subscriptions/1"));
    }

    #[test]
    fn the_built_in_session_operator_cannot_list_by_pool() {
        let mut world = World::new(1);
        world.assign(
            "a@x.example",
            "Desktop Virtualization User Session Operator",
            "/subscriptions/1",
        );
        let may = |action: &str| world.allows("A@x.example", &format!("{AVD}/{action}"), "/subscriptions/1/x");
        assert!(!may("hostpools/usersessions/read"));
        assert!(may("hostpools/sessionhosts/usersessions/read"));
        assert!(may("hostpools/sessionhosts/usersessions/delete"));
    }
}
