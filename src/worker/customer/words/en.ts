/** What customers read, in English: the words that every other language has too. `{…}` are filled in. */
export const en = {
  code: "en",
  /** In place of a name that is not known. */
  noApp: "this app",
  noBusiness: "your account",
  noAgency: "your agency",
  noChoice: "another account",
  agencyChoice: "an agency",

  returnTitle: "Reconnect {business}",
  returnLead:
    "{app} has lost its connection to {business}. Bringing it back takes less than a minute, and nothing you have set up changes.",
  connectTitle: "Connect {business}",
  connectLead: "{app} would like to work with {business}. Connecting takes less than a minute.",
  agreeLead:
    "{app} asks you to approve its connection to {business} again. It takes less than a minute, and nothing you have set up changes.",
  pausedTitle: "{business} is paused",
  pausedLead:
    "Once it is active again, {app} reconnects by itself. If it is active already, press the button.",
  suspendedTitle: "{business} is on hold",
  suspendedLead:
    "{app} has put its connection to {business} on hold. You can connect again here; it is used after the hold is lifted. Ask whoever sent you this link.",
  keptLead:
    "Your approval is saved. {app} has put this connection on hold, and uses it once the hold is lifted.",
  signInStep: "Press the button, and sign in if you are asked to.",
  chooseStep: "On the next page, choose {business}. Another choice is not connected.",
  chooseAgencyStep: "On the next page, choose the agency {business}. Another choice is not connected.",
  continue: "Continue",
  until: "This link works until {date}.",

  connectedTitle: "{business} is connected",
  connectedLead: "All done. You can close this page.",
  bulkLead: "Its accounts are being connected too. That can take a few minutes.",
  backTitle: "{business} is already connected",
  backLead: "There is nothing left to do. You can close this page.",
  goOn: "Go to {app}",

  wrongTitle: "You chose a different account",
  wrongLead: "You chose {chosen}, but this link is for {business}. Nothing was connected.",
  wrongChosenLead: "{chosen} is not the account that was asked for. Nothing was connected.",
  wrongOtherLead: "The account you chose is not the one that was asked for. Nothing was connected.",
  chooseAgain: "Choose again",

  refusedTitle: "Not connected",
  refusedLead:
    "You chose not to connect, or do not have permission. Ask an admin of {business} to open the link.",
  mayPassTitle: "Not connected yet",
  mayPassLead: "Something went wrong on the way. This usually passes: try again in a few minutes.",
  troubleTitle: "Not connected",
  troubleLead: "Something went wrong on the way. Please tell whoever sent you here.",
  tryAgain: "Try again",

  expiredTitle: "This link has expired",
  expiredLead: "Links work for a limited time. Please ask for a new one.",
  revokedTitle: "This link is no longer valid",
  revokedLead: "Please use the newest link you were sent, or ask for a new one.",
  alteredTitle: "This link is not complete",
  alteredLead:
    "Part of its address is missing or was changed. Open it again from your message, or copy the whole address.",
  missingTitle: "Page not found",
  missingLead: "There is nothing at this address. Please check it, or open it again from your message.",
  strangerTitle: "Please start again",
  strangerLead: "This page has expired, or the link was opened in another browser. Nothing was changed.",
  startAgain: "Start again",
  waitTitle: "Please wait a moment",
  waitLead: "There were too many attempts. Load this page again in {seconds} seconds. Nothing was changed.",
  unavailableTitle: "Not available right now",
  unavailableLead: "Please try again later. Nothing was changed.",

  support: "Get help",
};
