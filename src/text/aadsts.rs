//! Entra's error numbers, in words: what happened, and which of three people has to do what – whoever signs in, an
//! administrator of the tenant, or the person who deployed the page.
//!
//! The numbers choose the help text only; what the page does is decided by `error` and `suberror` (Microsoft's
//! "Microsoft Entra authentication and authorization error codes" asks for exactly that, and lists the numbers).

const DEPLOYER: &str = "The person who deployed the page has to check clientId, tenant and cloud in config.json.";

/// What happened, and what to do; `None` for a number without a text of its own.
pub(super) fn help(number: u32) -> Option<(&'static str, &'static str)> {
    Some(match number {
        65_001 => (
            "This application has not been given consent to use Azure Resource Manager for you.",
            "Sign in again and accept. If you are not asked, an administrator of the tenant has to grant admin consent to the application.",
        ),
        90_094 | 90_095 => (
            "The tenant wants an administrator’s consent for this application.",
            "Ask an administrator of the tenant to grant admin consent to the application, or send the request that the sign-in offers.",
        ),
        65_004 => (
            "You declined the consent that the page needs.",
            "Sign in again and accept, if you want to use the page.",
        ),
        50_076 | 50_074 => (
            "A second factor is needed.",
            "Sign in again and complete the multifactor authentication that you are asked for.",
        ),
        50_079 | 50_072 | 53_004 => (
            "You have to register a second factor first.",
            "Sign in again and register it where you are asked to. If that is not offered, an administrator of the tenant has to allow the registration.",
        ),
        50_078 => (
            "Your multifactor authentication is too long ago for the tenant’s policy.",
            "Sign in again and complete it once more.",
        ),
        50_173 | 50_133 => (
            "Your earlier sign-in was revoked, for example by a new password.",
            "Sign in again.",
        ),
        700_084 => (
            "Your session has ended.",
            "Sign in again. A page in the browser has to do that at least once in 24 hours.",
        ),
        70_043 => (
            "Your session has ended, because the tenant limits how long a sign-in lasts.",
            "Sign in again.",
        ),
        700_082 | 70_008 => (
            "Your session has ended, because it was not used for too long.",
            "Sign in again.",
        ),
        50_058 => ("Nobody is signed in at the sign-in service.", "Sign in."),
        700_016 => ("The tenant does not know this application.", DEPLOYER),
        500_011 => (
            "The tenant does not know Azure Resource Manager under the configured name.",
            DEPLOYER,
        ),
        90_002 | 90_038 => ("The tenant was not found in this cloud.", DEPLOYER),
        50_194 => (
            "The application belongs to a single tenant.",
            "The person who deployed the page has to put that tenant into config.json.",
        ),
        50_011 => (
            "The address of this page is not registered for the application.",
            "The person who deployed the page has to register its redirect.html, letter for letter, as redirect URI of the type “Single-page application”.",
        ),
        9_002_326 | 9_002_327 => (
            "The redirect URI is registered with the wrong type.",
            "The person who deployed the page has to move it to the platform “Single-page application” in the registration.",
        ),
        65_005 | 650_057 => (
            "The registration lacks the permission for Azure Resource Manager.",
            "The person who deployed the page has to add the delegated permission user_impersonation of “Azure Service Management” to the registration.",
        ),
        700_022 => (
            "The sign-in asked for more than one service at once.",
            "The person who deployed the page has to check the scope of the cloud in config.json: it may name Azure Resource Manager only.",
        ),
        50_105 => (
            "You are not assigned to this application.",
            "Ask an administrator of the tenant to assign you to the enterprise application.",
        ),
        50_020 | 16_000 => (
            "This account does not exist in the tenant.",
            "Sign in with an account of that tenant, or have an administrator of it invite the account as a guest.",
        ),
        53_000 | 53_001 => (
            "The tenant lets only managed devices in, and this one is not, or its browser does not say so.",
            "Use a device that your organisation manages, with Edge or with the browser extension it asks for; else ask an administrator of the tenant.",
        ),
        53_002 | 53_003 => (
            "A Conditional Access policy blocks this sign-in.",
            "Use a device, a network and a browser that the policy accepts, or ask an administrator of the tenant which policy it was; the correlation id below finds it in the sign-in log.",
        ),
        54_005 | 70_000 => (
            "The answer to the sign-in was used already.",
            "Choose “Sign in” and try again.",
        ),
        700_005 | 501_481 => (
            "The answer belongs to another sign-in than this page has begun.",
            "Sign in again in this tab. If it stays so, the person who deployed the page has to check tenant in config.json.",
        ),
        50_196 => (
            "The sign-in service has seen too many sign-ins in a row.",
            "Wait a few minutes before you sign in again.",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::help;

    #[test]
    fn every_number_worth_a_text_has_one() {
        let numbers = [
            50_058, 50_076, 50_079, 50_072, 50_074, 50_078, 50_173, 50_133, 65_001, 65_004, 90_094, 90_095, 65_005,
            650_057, 700_016, 50_194, 50_011, 500_011, 50_105, 50_020, 16_000, 53_000, 53_001, 53_002, 53_003, 53_004,
            700_084, 70_043, 700_082, 70_008, 54_005, 700_005, 700_022, 501_481, 90_002, 90_038, 50_196, 9_002_326,
            9_002_327,
        ];
        for number in numbers {
            let (title, next) = help(number).unwrap_or_else(|| panic!("{number}"));
            assert!(title.ends_with('.') && next.ends_with('.'), "{number}");
        }
        assert_eq!(help(1), None);
    }
}
