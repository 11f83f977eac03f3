//! Headings, labels, names of controls and short sentences of the page.
//!
//! The names of controls are a contract with tests and assistive technology (product.md, "Names that tests and
//! assistive technology rely on").

use crate::desk::act::Kind;

/// Name of the page.
pub const TITLE: &str = "AVD Log off";
/// What the page is for.
pub const LEAD: &str = "Find every Azure Virtual Desktop session of a user, log it off, and see it gone. The page works with your own rights.";
/// While it is not yet known who is signed in.
pub const STARTING: &str = "Starting…";
/// Button.
pub const DISMISS: &str = "Dismiss";
/// Summary of the technical lines of an error.
pub const TECHNICAL_DETAIL: &str = "Technical detail";

/// Summary of what to do about an error.
pub const WHAT_TO_DO: &str = "What to do";
/// Term for what an error means, among the technical lines.
pub const MEANING: &str = "Meaning";

/// Link of a framed page to itself.
pub const OPEN_ALONE: &str = "Open AVD Log off in a tab of its own";
/// Button.
pub const SIGN_IN: &str = "Sign in";
/// Button beside it, and menu item.
pub const OTHER_ACCOUNT: &str = "Use another account";
/// Button that takes up work which a sign-in has interrupted.
pub const CONTINUE_SIGN_IN: &str = "Continue sign-in";
/// Heading while a sign-in window stands open.
pub const WINDOW_OPEN: &str = "Waiting for the sign-in window";
/// What to do about it.
pub const WINDOW_OPEN_HELP: &str = "Sign in there; this page goes on by itself as soon as you are done. Nothing that you typed, found or selected is lost.";
/// The same, where a relay window comes first.
pub const RELAY_OPEN_HELP: &str = "Choose “Continue” there first; leave that window open until you are signed in. Nothing that you typed, found or selected is lost.";
/// The same in a sandboxed frame.
pub const SANDBOXED: &str = "The portal sandboxes this frame. If the window shows an error of the browser instead of the sign-in, whoever looks after the portal has to add allow-popups-to-escape-sandbox to the sandbox attribute.";
/// Button that opens a sign-in window once more.
pub const RETRY: &str = "Retry";
/// While other tenants are being asked for.
pub const LOADING_TENANTS: &str = "Looking for other tenants…";
/// The other tenants could not be listed.
pub const NO_TENANTS_READ: &str = "Other tenants could not be listed.";
/// Heading above the other tenants.
pub const SWITCH_TENANT: &str = "Other tenants";
/// Beside what would change who is signed in, while sessions are being logged off.
pub const SWITCH_UNDER_WAY: &str = "Account and tenant can be switched when the log off is done.";
/// After the person came back from the authority by the Back button.
pub const SIGN_IN_LEFT: &str = "The sign-in was left. Everything is as it was before.";
/// After a sign-in that went through a reload, with work that goes on.
pub const RESUMED: &str = "You are signed in, and what the sign-in interrupted goes on. Each session is checked again before anything is sent.";
/// After a sign-in that went through a reload, where only the list is read anew.
pub const SEARCHED_ANEW: &str = "You are signed in. The list of sessions is being read anew; what you had selected is selected again if it is still the same session.";
/// After somebody else has signed in.
pub const OTHER_ACCOUNT_CLEARED: &str =
    "Another account or tenant is signed in now. What was found before is gone; the text is kept.";
/// Menu item.
pub const SIGN_OUT: &str = "Sign out";
/// Button that opens the menu.
pub const ACCOUNT: &str = "Account";
/// Heading while signed out.
pub const SIGN_IN_HEADING: &str = "Sign in with your work account";
/// After a reload that ended the sign-in.
pub const RELOADED_SIGNED_OUT: &str = "Reloading the page has ended the sign-in, because tokens are kept in memory only. What you typed and the receipt are still here; the list of sessions has to be searched again.";
/// After a reload that did not end the sign-in.
pub const RELOADED_SIGNED_IN: &str = "The page was reloaded. What you typed and the receipt are still here; the list of sessions has to be searched again.";
/// After a sign-in that went through a reload.
pub const SIGNED_IN_AGAIN: &str =
    "You are signed in. What you typed and the receipt are still here; the list of sessions has to be searched again.";
/// Beside "Sign out" while sessions are being logged off.
pub const SIGN_OUT_UNDER_WAY: &str =
    "Sessions are still being logged off. Signing out now clears the receipt, and their end will not be seen.";
/// Term for the signed-in person.
pub const USER_NAME: &str = "User name";
/// Term for the tenant.
pub const TENANT: &str = "Tenant";
/// Term for the cloud.
pub const CLOUD: &str = "Cloud";

/// Name of the text box.
pub const UPN: &str = "User principal name";
/// Help for the text box.
pub const UPN_HELP: &str = "One user, or several from a list. Enter searches, Shift+Enter begins a new line.";
/// Button.
pub const FIND: &str = "Find sessions";
/// Button that stops a search.
pub const STOP: &str = "Stop";
/// Button that lists everybody's sessions.
pub const LIST_ALL: &str = "List all sessions";
/// Summary of the form that opens one session by its address.
pub const OPEN_ONE: &str = "Open one session";
/// Help for that form.
pub const OPEN_ONE_HELP: &str =
    "Where it is known exactly which session it is: it is read and shown, and nothing is searched.";
/// Text box of that form.
pub const RESOURCE_GROUP: &str = "Resource group";
/// Button of that form.
pub const OPEN_SESSION: &str = "Open session";
/// While it is being opened.
pub const OPENING: &str = "Opening the session…";
/// Fields of that form cannot be what they are to be.
pub const NOT_OPENED: &str = "Nothing was opened: look at the fields that are marked.";
/// Somebody has followed a link and is not signed in.
pub const LINK_WAITS: &str =
    "You have followed a link. Sign in, and what it names is read and shown; it does nothing else.";
/// Button above the table.
pub const COPY_LINK: &str = "Copy link";
/// Name of the progress bar.
pub const SEARCH_PROGRESS: &str = "Search progress";
/// Over a page whose Resource Manager is on this computer.
pub const SIMULATED: &str =
    "Simulation: Azure is simulated on this computer. Nothing that is shown or done here is real.";
/// A search was started with an empty box.
pub const NOTHING_TYPED: &str = "Type a user principal name first, such as alice@contoso.com.";
/// A search was started and nothing of the text was a user.
pub const NOTHING_UNDERSTOOD: &str = "Nothing was searched: no complete user name was typed.";

/// Heading and name of the region.
pub const COVERAGE: &str = "Coverage";
/// Button.
pub const TRY_AGAIN: &str = "Try these again";
/// Heading above refused pools.
pub const REFUSED: &str = "Refused";
/// Heading above failed pools.
pub const FAILED: &str = "Could not be read";
/// Summary of why the second source of host pools told nothing.
pub const SECOND_SOURCE: &str = "A second source of host pools did not answer";
/// Heading above subscriptions.
pub const NOT_LOOKED_INTO: &str = "Subscriptions that were not looked into";

/// Heading and name of the table.
pub const SESSIONS: &str = "Sessions";
/// In the place of the table while nothing was found yet.
pub const ROWS_APPEAR: &str = "They appear here as they are found.";
/// Textbox above the table.
pub const FILTER: &str = "Filter";
/// Choice in the box beside it.
pub const ANY_STATE: &str = "any";
/// Button beside it.
pub const CLEAR_FILTER: &str = "Clear filter";
/// Name of what belongs to the filter.
pub const FILTERING: &str = "Rows of the table";
/// In the place of the rows.
pub const FILTER_HIDES_ALL: &str = "The filter lets none of the sessions through.";
/// Explains the list of sessions that name no user.
pub const UNNAMED_MEANS: &str = "Azure names no user principal name for these, so they may be anybody’s, of the users that were searched for too. They can only be looked at.";
/// Checkbox in the head of the table.
pub const SELECT_ALL: &str = "Select all sessions";
/// Columns.
pub const USER: &str = "User";
/// Column.
pub const HOST_POOL: &str = "Host pool";
/// Column.
pub const SESSION_HOST: &str = "Session host";
/// Column.
pub const SESSION_ID: &str = "Session ID";
/// Column.
pub const STATE: &str = "State";
/// Column.
pub const TYPE: &str = "Type";
/// Column.
pub const STARTED: &str = "Started";
/// Column.
pub const HOST_STATUS: &str = "Host status";
/// Column.
pub const SUBSCRIPTION: &str = "Subscription";
/// Column.
pub const OUTCOME: &str = "Outcome";
/// A value that Azure did not give.
pub const NOT_KNOWN: &str = "not known";
/// Mark on a session whose host is out of reach.
pub const STALE: &str = "stale";
/// What the mark means.
pub const STALE_MEANS: &str = "The host is out of reach, so this is probably a leftover in the list.";
/// Mark on a host that takes no new sessions.
pub const DRAINING: &str = "draining";
/// Work on it waits until somebody has signed in.
pub const WAITS_FOR_SIGN_IN: &str = "Waits for the sign-in. Nothing was sent.";
/// The guard is looking; nothing is sent yet.
pub const BEING_CHECKED: &str = "Checking that it is still the same session.";

/// Button.
pub const LOG_OFF_DOTS: &str = "Log off…";
/// Button of the dialog.
pub const LOG_OFF: &str = "Log off";
/// Button that stops a log off.
pub const STOP_LOGGING_OFF: &str = "Stop logging off";
/// Button on a session that is still there.
pub const LOG_OFF_WITH_FORCE: &str = "Log off with force";
/// Button on a session whose end was not seen.
pub const KEEP_WATCHING: &str = "Keep watching";
/// Button of the dialog.
pub const CANCEL: &str = "Cancel";
/// Checkbox.
pub const FORCE: &str = "Force";
/// What force does.
pub const FORCE_HELP: &str = "Removes the session from Azure’s list even if its host does not answer. Use it when a plain log off did not end the session.";
/// Checkbox.
pub const DO_NOT_ASK: &str = "Do not ask again in this tab";
/// Name of the text box.
pub const TYPE_TO_CONFIRM: &str = "Type to confirm";
/// Heading of the list in the dialog.
pub const EXACTLY_THESE: &str = "Exactly these sessions";
/// After a search was stopped by hand.
pub const STOPPED: &str = "The search was stopped.";
/// After "Stop logging off".
pub const LOG_OFF_STOPPED: &str = "Nothing more is sent. What was sent already is still being watched.";
/// After a reload in the middle of a log off.
pub const RECHECKING: &str =
    "The page was left while sessions were being logged off. They are being looked at again; nothing is sent.";

/// Heading and name of the region.
pub const RECEIPT: &str = "Receipt";
/// Button.
pub const COPY: &str = "Copy";
/// Label of the choice beside "Copy".
pub const COPY_AS: &str = "Copy as";
/// Choice.
pub const PLAIN_TEXT: &str = "Text";
/// Choice.
pub const MARKDOWN: &str = "Markdown";
/// Button.
pub const DOWNLOAD_CSV: &str = "Download CSV";
/// Button.
pub const DOWNLOAD_JSON: &str = "Download JSON";
/// Term for a session's resource id.
pub const RESOURCE_ID: &str = "Resource";
/// Term for the page's own request id.
pub const REQUEST_ID: &str = "Request id";
/// Term for Resource Manager's correlation id.
pub const CORRELATION_ID: &str = "Correlation id";
/// Button at the technical lines of an error.
pub const COPY_DETAIL: &str = "Copy detail";
/// The same button, where the browser does not let the page copy.
pub const DETAIL_NOT_COPIED: &str = "Not copied: select the lines instead";
/// After copying.
pub const COPIED: &str = "Copied.";
/// The browser did not let the page copy.
pub const COPY_REFUSED: &str = "The browser does not let the page copy. The text is selected below: press Ctrl+C (⌘C).";
/// Name of the box with the text to copy by hand.
pub const TEXT_TO_COPY: &str = "Text to copy";

/// Beside a session that a user has begun after being logged off here.
pub const CAME_BACK: &str = "The user came back: this session began after the log off.";
/// Where the tab's storage does not take the receipt.
pub const NOT_KEPT: &str = "This browser keeps nothing for this tab, so the receipt does not survive a reload. Copy or download it before you leave.";
/// Name of the bar that shows how many sessions are done with.
pub const SESSIONS_PROGRESS: &str = "Progress of the sessions";
/// Button above the table.
pub const DISCONNECT_DOTS: &str = "Disconnect…";
/// Button above the table.
pub const SEND_MESSAGE_DOTS: &str = "Send message…";
/// Checkbox in the dialog.
pub const MESSAGE_FIRST: &str = "Message first";
/// Below it.
pub const MESSAGE_FIRST_HELP: &str = "Tells the users and gives them time to save their work. Goes to sessions that are in use then; where none is, nobody waits.";
/// Textbox in the dialog.
pub const MESSAGE_TITLE: &str = "Title";
/// Textbox in the dialog.
pub const MESSAGE_TEXT: &str = "Message";
/// Box in the dialog.
pub const GRACE_MINUTES: &str = "Minutes until the log off";
/// Button that writes a message that can be changed.
pub const SUGGEST: &str = "Write a suggestion";
/// What it writes as the title.
pub const SUGGESTED_TITLE: &str = "Message from your help desk";
/// Button while users have time before a log off.
pub const PAUSE: &str = "Pause";
/// Button that lets the time run on.
pub const GO_ON: &str = "Go on";
/// Button that gives users more time.
pub const FIVE_MORE: &str = "5 minutes more";
/// Button that ends the waiting.
pub const LOG_OFF_NOW: &str = "Log off now";
/// Button that ends it without a log off.
pub const CANCEL_LOG_OFF: &str = "Cancel the log off";
/// Heading of the sessions that an act leaves out.
pub const LEFT_OUT: &str = "Chosen, and left out";
/// Beside a session whose user is given time.
pub const TIME_TO_SAVE: &str = "The user was told and is given time.";

/// An act, as it is called everywhere.
pub fn act(kind: Kind) -> &'static str {
    match kind {
        Kind::LogOff => LOG_OFF,
        Kind::Disconnect => "Disconnect",
        Kind::SendMessage => "Send message",
    }
}

/// The button in the dialog that does it.
pub fn act_button(kind: Kind) -> &'static str {
    match kind {
        Kind::SendMessage => "Send",
        other => act(other),
    }
}
