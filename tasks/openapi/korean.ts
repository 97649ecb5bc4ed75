/** The document's texts in Korean, by the English ones. A test names those that are missing or left over. */
export const KOREAN: Readonly<Record<string, string>> = {
  "Health check": "상태 확인",
  "Check that KV, an object and the queue answer, at most every 10 seconds. Only a request with a key is told which does not":
    "KV, 객체, 큐가 응답하는지 확인합니다. 많아야 10초에 한 번 실제로 호출하며, 어느 것이 응답하지 않는지는 키가 있을 때만 알려 줍니다",
  "Metrics: connections, refreshes, failures, jobs and overdue work":
    "연결, 갱신, 실패, 작업, 밀린 작업의 수치",
  "List, count and search connections: words of a name in any order and spelling, an id, an agency's id":
    "연결 목록, 개수, 검색: 이름의 단어, ID, 에이전시 ID",
  "Look at a connection and its history": "연결과 기록 보기",
  "Import tokens": "토큰 가져오기",
  "Forget a connection and its tokens; ?erase=true removes all that is kept of it, and tells what remains":
    "연결과 토큰 삭제. ?erase=true이면 저장된 모든 것을 지우고 무엇이 남는지 알려 줍니다",
  "Get a valid access token": "유효한 액세스 토큰 받기",
  "Bring a connection back; ?companyId= names a location's agency where it is not known here":
    "연결 복구. 로케이션의 에이전시를 모르면 ?companyId=로 알려 주세요",
  "Make a link by which a person reconnects this connection, and no other; it expires":
    "고객이 이 연결을 다시 승인할 링크 만들기: 이 연결 전용이며 기한이 있습니다",
  "End all links of a connection that were made so far": "지금까지 만든 이 연결의 링크를 모두 취소",
  "Tell what an app's banner should show: nothing, that the connection comes back by itself, or a link":
    "앱 화면의 배너에 쓸 상태: 표시 없음, 자동 복구 중, 또는 링크",
  "Give a connection a name; null returns to HighLevel's":
    "연결 이름 지정. null이면 HighLevel의 이름으로 돌아갑니다",
  "Suspend a connection: until it is resumed, no token is handed out and HighLevel is not asked. Its tokens are kept":
    "연결 보류: 해제할 때까지 토큰을 제공하지 않고 HighLevel에 아무것도 요청하지 않습니다. 토큰은 보관합니다",
  "It is suspended": "보류되었습니다",
  "KV did not take it in time: near some readers its token may still be served":
    "KV에 제때 기록하지 못했습니다. 일부 지역에서는 토큰이 아직 제공될 수 있습니다",
  "Resume a suspended connection: what is due is done at once": "연결 보류 해제: 밀린 작업을 바로 처리합니다",
  "It is not suspended": "보류 상태가 아닙니다",
  "Recover many connections": "여러 연결 복구",
  "List bulk recoveries, newest first": "일괄 복구 목록(최신순)",
  "Look at a bulk recovery": "일괄 복구 보기",
  "Cancel a bulk recovery for good: what has not ended stays as it is":
    "일괄 복구 취소. 끝나지 않은 연결은 그대로 남으며 되돌릴 수 없습니다",
  "Follow a bulk recovery by server-sent events; resumes after Last-Event-ID":
    "서버 전송 이벤트(SSE)로 일괄 복구 진행 상황 받기. Last-Event-ID 다음부터 이어집니다",
  "Pause a bulk recovery: what is at work ends, nothing more is sent":
    "일괄 복구 일시 중지: 진행 중인 것만 마치고 더 보내지 않습니다",
  "Let a bulk recovery go on; one that waits tries at once":
    "일괄 복구 재개. 대기 중이면 바로 다시 시도합니다",
  "List events that an address of EVENT_URLS does not have, newest first: undelivered ones, or those still tried":
    "EVENT_URLS의 주소가 받지 못한 이벤트 목록(최신순): 전달 실패 또는 전송 중",
  "Send undelivered events again: by ids, or all that happened since a moment":
    "전달에 실패한 이벤트 다시 보내기: ID로, 또는 특정 시각 이후 모두",
  "Who brings back what is lost: a few agencies first, and who is left to click; links for an admin only":
    "끊긴 연결을 누가 되살릴 수 있는지: 에이전시 먼저, 직접 클릭해야 하는 곳 나중. 링크는 관리자에게만",
  "Connections for a mail merge, in UTF-8 with a mark; with a link each, of those that a click brings back, for an admin":
    "메일 발송용 연결 목록 CSV(UTF-8, BOM 포함). 관리자에게는 클릭이 필요한 연결의 링크도 포함",
  "Begin a campaign: links for those who are to click, agencies first. Nothing is sent to anybody":
    "재연결 안내 만들기: 클릭이 필요한 곳의 링크, 에이전시 우선. 아무에게도 발송하지 않습니다",
  "List campaigns, newest first": "재연결 안내 목록(최신순)",
  "A campaign's people for a mail merge; with link and finished messages for an admin":
    "재연결 안내의 대상 CSV(메일 발송용). 관리자에게는 링크와 완성된 안내문도 포함",
  "Look at a campaign: who opened a link, who is back and by whom, who is missing":
    "재연결 안내 보기: 링크를 연 곳, 복구된 곳과 방법, 남은 곳",
  "Drop a campaign; links that were sent can be used until they end":
    "재연결 안내 삭제. 이미 보낸 링크는 기한까지 사용할 수 있습니다",
  "Send the app's own mailer an event (connection.link) for everybody who is asked and not back, with link and messages":
    "아직 복구되지 않은 대상마다 링크와 안내문이 담긴 이벤트(connection.link)를 앱의 메일 발송 서버로 보내기",
  "Export all connections, sealed, a page at a time; docs/OPERATIONS.md says how to move":
    "모든 연결을 암호화해 페이지 단위로 내보내기. 옮기는 방법은 docs/OPERATIONS.md에 있습니다",
  "Take a page of an export: its first line, and up to 400 others. Nothing newer is replaced":
    "내보낸 파일의 한 페이지 받기: 첫 줄과 최대 400줄. 더 새로운 것은 바꾸지 않습니다",
  "Seal a page of connections under the first sealing key, and tell whether older keys are still needed":
    "연결을 첫 번째 키로 다시 암호화하고, 이전 키가 아직 필요한지 알려 줍니다",
  "Call HighLevel's API with this connection's token; heals on 401":
    "이 연결의 토큰으로 HighLevel API 호출. 401이면 복구한 뒤 다시 시도합니다",
  "Start an installation; ?location= or ?company= names the connection that shall come back":
    "앱 설치 시작. ?location= 또는 ?company=로 복구할 연결을 지정합니다",
  "End an installation: HighLevel sends people here, from its own marketplace without a state":
    "앱 설치 완료: HighLevel이 사용자를 이 주소로 보냅니다",
  "Tell how an installation ended, as often as the page is loaded": "설치 결과 페이지. 여러 번 열어도 됩니다",
  "Show a customer the way back; looking changes nothing":
    "고객의 재연결 페이지. 보기만 해서는 아무것도 바뀌지 않습니다",
  "Lead a customer on to HighLevel; from now on the link counts as opened":
    "고객을 HighLevel로 보냅니다. 이때부터 링크를 연 것으로 기록됩니다",
  "Exchange a code that came to your own callback, and keep its tokens":
    "직접 받은 콜백의 코드를 교환해 토큰 저장",
  "Take HighLevel's webhooks: INSTALL and UNINSTALL are acted on, all are passed on to EVENT_URLS":
    "HighLevel 웹훅 받기: INSTALL과 UNINSTALL을 처리하고, 모두 EVENT_URLS로 전달합니다",
  "This API as an OpenAPI 3.1 document": "이 API의 OpenAPI 3.1 문서",
  "This reference as a web page": "이 API를 설명하는 페이지",
  "Lifetime, seconds. Without it the token is refreshed before its first use.":
    "유효 기간(초). 없으면 처음 사용하기 전에 갱신합니다.",
  "The same.": "위와 같음.",
  "ISO 8601, or ms or seconds since 1970; goes before the lifetime.":
    "ISO 8601, 또는 1970년부터의 밀리초나 초. 유효 기간보다 우선합니다.",
  "What to call the connection.": "연결의 이름.",
  "Must be this app's id.": "이 앱의 ID여야 합니다.",
  "A page": "페이지",
  "A problem (RFC 9457)": "오류(RFC 9457)",
  "A receipt, where it was erased": "모두 지웠을 때의 확인서",
  "All answer": "모두 응답함",
  "Another connection was authorized than the one expected: `target` names it. Nothing was stored":
    "예상과 다른 연결이 승인되었습니다(`target`). 저장된 것은 없습니다",
  "Another connection was authorized than the one meant": "다른 연결이 승인되었습니다",
  "Events progress, unrecovered and done; ends sooner with the reader's session, and after 10 minutes":
    "progress, unrecovered, done 이벤트. 세션이 끝나거나 10분이 지나면 종료됩니다",
  "HighLevel's answer": "HighLevel의 응답",
  "How far it is, over all pages so far": "지금까지의 진행 상황",
  "How many events are on their way again": "다시 보내는 이벤트 수",
  "It has valid tokens": "유효한 토큰이 있습니다",
  "It is followed no more": "더 이상 진행 상황을 확인하지 않습니다",
  "It is forgotten": "삭제되었습니다",
  "It is no export, another app's, under another key, or not whole: nothing was taken":
    "내보낸 파일이 아니거나, 다른 앱 또는 다른 키의 것이거나, 온전하지 않습니다. 받아들인 것은 없습니다",
  "Alive": "정상",
  "No scopes are set, or the redirect URI is not this worker's":
    "권한 범위가 설정되지 않았거나 리디렉션 URI가 이 워커의 것이 아닙니다",
  "Nobody gets such events: `EVENT_URLS` is not set, or `EVENT_TYPES` leaves them out":
    "받는 곳이 없습니다: `EVENT_URLS`가 없거나 `EVENT_TYPES`에서 제외되었습니다",
  "Not connected yet: too many codes of this visitor were refused lately. Nothing was tried":
    "아직 연결되지 않음: 최근 거부된 코드가 너무 많아 시도하지 않았습니다",
  "Not connected: HighLevel gave no tokens": "연결되지 않음: HighLevel이 토큰을 주지 않았습니다",
  "Not connected: refused at HighLevel": "연결되지 않음: HighLevel에서 취소되었습니다",
  "Not connected: the tokens could not be stored, or the worker is not set up":
    "연결되지 않음: 토큰을 저장하지 못했거나 워커가 설정되지 않았습니다",
  "Not signed by HighLevel, more than a day old, or no webhook: final":
    "HighLevel의 서명이 아니거나, 하루보다 오래되었거나, 웹훅이 아닙니다",
  "One JSON object a line. The last one has `cursor`, which asks for the next page, or `end`":
    "한 줄에 JSON 객체 하나. 마지막 줄에는 다음 페이지를 위한 `cursor` 또는 `end`가 있습니다",
  "One page": "한 페이지",
  "OpenMetrics text": "OpenMetrics 텍스트",
  "RFC 6749's token response": "RFC 6749 토큰 응답",
  "Start again: no code, or a state that was not begun in this browser within 10 minutes":
    "처음부터 다시: 코드가 없거나, 10분 안에 이 브라우저에서 시작한 요청이 아닙니다",
  "Streamed lines; moments in UTC": "스트리밍되는 줄. 시각은 UTC",
  "The address is not whole": "주소가 온전하지 않습니다",
  "The agencies, and a page of the locations that no agency brings back":
    "에이전시, 그리고 에이전시로 복구할 수 없는 로케이션 한 페이지",
  "The campaign has begun": "안내를 만들었습니다",
  "The campaign, and a page of its people": "안내와 대상 한 페이지",
  "The code is used, expired or unknown (`invalid_grant`), or the input is wrong (`invalid_input`)":
    "코드가 이미 쓰였거나 만료되었거나 알 수 없거나(`invalid_grant`), 입력이 올바르지 않습니다(`invalid_input`)",
  "The connection": "연결",
  "The connection lives": "연결이 정상입니다",
  "The directory is being built, and does not know all connections yet (`not_ready`)":
    "목록을 만드는 중이라 아직 모든 연결을 알지 못합니다(`not_ready`)",
  "The document": "문서",
  "The job was started": "작업을 시작했습니다",
  "The link": "링크",
  "The link has expired, or was ended": "링크가 만료되었거나 취소되었습니다",
  "The list of connections is being built anew: some would be missing":
    "연결 목록을 새로 만드는 중이라 일부가 빠질 수 있습니다",
  "The tokens are under management": "토큰을 관리하기 시작했습니다",
  "The worker is not set up": "워커가 설정되지 않았습니다",
  "They are being sent": "보내는 중입니다",
  "They have ended": "취소되었습니다",
  "To HighLevel's authorization page": "HighLevel 승인 페이지로",
  "To the page that tells how it ended, which can be loaded again": "결과 페이지로. 다시 열어도 됩니다",
  "Trouble here that may pass, in whatever way: HighLevel delivers again":
    "이쪽의 일시적인 문제: HighLevel이 다시 보냅니다",
  "What became of each line": "각 줄의 처리 결과",
  "What it is for, with a button; or that it is back": "용도와 버튼, 또는 이미 복구되었다는 안내",
  "What to say": "표시할 내용",
  "Where it stands": "현재 상태",
  "Where it stands; one that has ended stays as it is": "현재 상태. 이미 끝난 작업은 그대로입니다",
  "Whether it changed anything or is passed on": "처리했거나 전달했는지 여부",
  "Whether it lives": "유효한지 여부",
  "Ask HighLevel by one cheap call whether the stored token is valid; nothing is recovered":
    "가벼운 호출 한 번으로 저장된 토큰이 유효한지 HighLevel에 확인. 복구는 하지 않습니다",
  "No key, or one that is not valid": "키가 없거나 올바르지 않습니다",
  "The key's role may not do this": "이 키의 역할로는 할 수 없습니다",
  "There is nothing here, or the app is not installed there":
    "없는 주소이거나, 그곳에 앱이 설치되어 있지 않습니다",
  "The location is paused, or the connection suspended here":
    "로케이션이 일시 중지되었거나, 이곳에서 연결이 보류되었습니다",
  "The body is too long": "본문이 너무 큽니다",
  "The body is not JSON": "본문이 JSON이 아닙니다",
  "A value is wrong: `errors` names the field": "올바르지 않은 값이 있습니다. `errors`에 필드가 나옵니다",
  "The app must be authorized again: `authorizationUrl` is the link":
    "앱을 다시 승인해야 합니다. 링크는 `authorizationUrl`입니다",
  "Wait as long as Retry-After says": "Retry-After만큼 기다린 뒤 다시 시도하세요",
  "A defect here: tell the request's id": "이쪽의 결함입니다. 요청 ID를 알려 주세요",
  "HighLevel refused": "HighLevel이 거부했습니다",
  "Try again later, after Retry-After": "Retry-After 이후 다시 시도하세요",
};
