import type { CustomerWords } from "../words.ts";

/** What customers read, in Korean. No particle follows a name directly, since its last sound decides which one it is. */
export const ko: CustomerWords = {
  code: "ko",
  noApp: "이",
  noBusiness: "고객님",
  noAgency: "고객님의 에이전시",
  noChoice: "다른",
  agencyChoice: "에이전시",

  returnTitle: "{business} 계정을 다시 연결해 주세요",
  returnLead:
    "{app} 앱과 {business} 계정의 연결이 끊겼습니다. 1분이면 다시 연결할 수 있고, 기존 설정은 그대로 유지됩니다.",
  connectTitle: "{business} 계정을 연결해 주세요",
  connectLead: "{app} 앱을 {business} 계정에 연결합니다. 1분이면 끝납니다.",
  agreeLead:
    "{app} 앱과 {business} 계정의 연결을 한 번 더 승인해 주세요. 1분이면 끝나고, 기존 설정은 그대로 유지됩니다.",
  pausedTitle: "{business} 계정이 일시 중지되어 있습니다",
  pausedLead:
    "계정이 다시 활성화되면 {app} 앱이 자동으로 연결됩니다. 이미 활성화되어 있다면 아래 버튼을 눌러 주세요.",
  suspendedTitle: "{business} 계정의 연결이 보류되어 있습니다",
  suspendedLead:
    "{app} 앱에서 {business} 계정과의 연결을 보류했습니다. 여기에서 다시 연결하실 수 있지만, 보류가 해제된 뒤에 사용됩니다. 자세한 내용은 링크를 보낸 곳에 문의해 주세요.",
  keptLead: "승인을 저장했습니다. {app} 앱에서 이 연결을 보류한 상태이며, 보류가 해제되면 사용됩니다.",
  signInStep: "아래 버튼을 누르고, 로그인 화면이 나오면 로그인해 주세요.",
  chooseStep: "다음 화면에서 {business} 계정을 선택해 주세요. 다른 계정을 선택하면 연결되지 않습니다.",
  chooseAgencyStep:
    "다음 화면에서 {business} 에이전시 계정을 선택해 주세요. 다른 계정을 선택하면 연결되지 않습니다.",
  continue: "계속하기",
  until: "이 링크는 {date}까지 사용할 수 있습니다.",

  connectedTitle: "{business} 계정이 연결되었습니다",
  connectedLead: "모두 끝났습니다. 이 페이지를 닫으셔도 됩니다.",
  bulkLead: "소속 계정도 차례로 연결하고 있습니다. 몇 분 정도 걸릴 수 있습니다.",
  backTitle: "{business} 계정은 이미 연결되어 있습니다",
  backLead: "더 하실 일이 없습니다. 이 페이지를 닫으셔도 됩니다.",
  goOn: "{app} 앱으로 이동",

  wrongTitle: "다른 계정을 선택하셨습니다",
  wrongLead: "이 링크는 {business} 계정용인데 {chosen} 계정을 선택하셨습니다. 연결된 계정은 없습니다.",
  wrongChosenLead: "선택하신 {chosen} 계정은 요청한 계정이 아닙니다. 연결된 계정은 없습니다.",
  wrongOtherLead: "선택하신 계정은 요청한 계정이 아닙니다. 연결된 계정은 없습니다.",
  chooseAgain: "다시 선택하기",

  refusedTitle: "연결되지 않았습니다",
  refusedLead:
    "연결을 취소하셨거나 권한이 없습니다. {business} 계정의 관리자에게 링크를 열어 달라고 요청해 주세요.",
  mayPassTitle: "아직 연결되지 않았습니다",
  mayPassLead: "연결하는 중에 일시적인 문제가 생겼습니다. 몇 분 후에 다시 시도해 주세요.",
  troubleTitle: "연결되지 않았습니다",
  troubleLead: "연결하는 중에 문제가 생겼습니다. 링크를 보낸 곳에 문의해 주세요.",
  tryAgain: "다시 시도하기",

  expiredTitle: "링크가 만료되었습니다",
  expiredLead: "링크는 정해진 기간에만 사용할 수 있습니다. 새 링크를 요청해 주세요.",
  revokedTitle: "더 이상 사용할 수 없는 링크입니다",
  revokedLead: "가장 최근에 받은 링크를 열거나, 새 링크를 요청해 주세요.",
  alteredTitle: "링크 주소가 올바르지 않습니다",
  alteredLead:
    "주소의 일부가 빠졌거나 바뀌었습니다. 받으신 메시지에서 링크를 다시 열거나 주소 전체를 복사해 주세요.",
  missingTitle: "페이지를 찾을 수 없습니다",
  missingLead:
    "이 주소에는 페이지가 없습니다. 주소를 확인하시거나 받으신 메시지에서 링크를 다시 열어 주세요.",
  strangerTitle: "처음부터 다시 시작해 주세요",
  strangerLead: "페이지가 만료되었거나 다른 브라우저에서 링크를 여셨습니다. 변경된 내용은 없습니다.",
  startAgain: "다시 시작하기",
  waitTitle: "잠시 기다려 주세요",
  waitLead:
    "시도 횟수가 너무 많습니다. {seconds}초 후에 이 페이지를 새로 고쳐 주세요. 변경된 내용은 없습니다.",
  unavailableTitle: "지금은 이용할 수 없습니다",
  unavailableLead: "잠시 후 다시 시도해 주세요. 변경된 내용은 없습니다.",

  support: "도움 요청하기",
};
