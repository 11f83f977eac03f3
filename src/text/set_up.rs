//! The set-up screen: how to register the application, and what is wrong with a configuration.

use serde_json::json;

/// Heading.
pub const HEADING: &str = "Set up";
/// The configuration has faults.
pub const FAULTS: &str = "The configuration of this page has faults. Until they are corrected nobody can sign in, and nothing is sent to Azure.";
/// What to do about them.
pub const FAULTS_NEXT: &str =
    "Correct config.json beside index.html on the web space, and reload this page. Nothing has to be built again.";
/// Heading of the list of faults.
pub const FAULTS_HEADING: &str = "What is wrong in config.json";
/// The file could not be fetched.
pub const UNREACHABLE: &str = "The configuration, config.json beside this page, could not be fetched. Check the network connection and reload the page. If the page is new, go on below.";
/// There is no file.
pub const MISSING: &str =
    "This page has no configuration yet: there is no config.json beside it. Three steps make one.";
/// First step.
pub const REGISTER: &str = "Register an application in Microsoft Entra ID";
/// Why.
pub const REGISTER_WHY: &str = "It needs one platform, “Single-page application”, with exactly this redirect URI, and the delegated permission user_impersonation of “Azure Service Management”. It needs no secret.";
/// Label.
pub const REDIRECT_URI: &str = "Redirect URI";
/// Above the command.
pub const COMMAND: &str = "In Azure Cloud Shell (Bash) these commands do that and print the client id. For a sovereign cloud, put its Microsoft Graph address in place of graph.microsoft.com.";
/// Name of the box with the command.
pub const COMMAND_NAME: &str = "Commands";
/// Button.
pub const COPY_URI: &str = "Copy redirect URI";
/// Button.
pub const COPY_COMMAND: &str = "Copy commands";
/// The browser did not let the page copy.
pub const COPY_REFUSED: &str = "The browser does not let the page copy. Select the text and press Ctrl+C (⌘C).";
/// Second step.
pub const FILL_IN: &str = "Make config.json";
/// Label.
pub const CLIENT_ID: &str = "Application (client) ID";
/// Label.
pub const TENANT: &str = "Tenant";
/// Help.
pub const TENANT_HELP: &str = "Tenant id, or a domain such as contoso.onmicrosoft.com.";
/// Label.
pub const CLOUD: &str = "Cloud";
/// Button.
pub const DOWNLOAD: &str = "Download config.json";
/// Name of the box with the file.
pub const FILE: &str = "config.json";
/// Third step.
pub const PUBLISH: &str = "Publish it";
/// How.
pub const PUBLISH_HOW: &str = "Put config.json beside index.html on the web space and reload this page.";
/// The page's own address cannot be read.
pub const NO_ADDRESS: &str = "The page cannot read its own address, so it cannot name its redirect URI.";

/// A cloud in the choice.
pub fn cloud(name: &str) -> String {
    match name {
        "public" => "Azure (public)",
        "usGovernment" => "Azure US Government",
        "china" => "Azure China (21Vianet)",
        other => other,
    }
    .to_owned()
}

/// The commands that register the application.
pub fn commands(redirect_uri: &str) -> String {
    // "Azure Service Management" and its one delegated permission, as in Microsoft's list of first-party applications.
    let body = json!({
        "spa": { "redirectUris": [redirect_uri] },
        "requiredResourceAccess": [{
            "resourceAppId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
            "resourceAccess": [{ "id": "41094075-9dad-400e-a0bd-54e686782033", "type": "Scope" }]
        }]
    });
    // Inside single quotation marks of a shell only that mark itself has a meaning.
    let body = body.to_string().replace('\'', r"'\''");
    format!(
        "appId=$(az ad app create --display-name \"AVD Log off\" --sign-in-audience AzureADMyOrg --query appId --output tsv)\n\
         az rest --method PATCH --url \"https://graph.microsoft.com/v1.0/applications(appId='$appId')\" \\\n  \
         --headers Content-Type=application/json \\\n  --body '{body}'\n\
         echo \"$appId\""
    )
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn an_apostrophe_in_the_address_cannot_leave_the_quotation() {
        let text = commands("https://a.example/o'brien/redirect.html");
        assert!(text.contains(r"o'\''brien"));
    }
}
