import type { enHelp } from "./en_help.ts";

/** The help in Korean. */
export const koHelp: typeof enHelp = {
  description: "마켓플레이스 앱의 HighLevel 연결을 유지하고, 끊긴 연결을 복구합니다.",
  titles: {
    "Usage:": "사용법:",
    "Arguments:": "인수:",
    "Options:": "옵션:",
    "Commands:": "명령:",
  },
  choices: (choices) => `선택: ${choices}`,
  default: (value) => `기본값: ${value}`,
  version: "버전 보기",
  help: "명령의 도움말 보기",
  helpCommand: "명령의 도움말 보기",
  lang: "표시 언어. 지정하지 않으면 LC_ALL, LC_MESSAGES 또는 LANG을 따름",
  flags: {
    store: (path) =>
      `sqlite:PATH, deno-kv:PATH, postgres://… 또는 redis://… (기본값: 이 폴더의 ${path} 파일)`,
    worker: "로컬 저장소 대신 배포된 워커 사용. 키는 HIGHLEVEL_WORKER_KEY",
    onlyWorker: "배포된 워커. 키는 HIGHLEVEL_WORKER_KEY",
    json: "표준 출력에 한 줄에 하나씩 JSON 객체 출력",
    envFile: "파일에서 설정 읽기. 환경 변수가 우선",
    baseUrl: "HighLevel API 주소 (HIGHLEVEL_BASE_URL도 가능)",
    apiVersion: "HighLevel API 버전 (HIGHLEVEL_API_VERSION도 가능)",
    locations: "로케이션. 반복 가능",
    companies: "에이전시(company). 반복 가능",
    ofLocation: "이 로케이션",
    ofCompany: "이 에이전시(company)",
    concurrency: "동시에 처리할 최대 개수",
  },
  after: `
설정은 환경 변수나 --env-file에서 읽습니다 (시크릿은 옵션으로 받지 않습니다):
  HIGHLEVEL_CLIENT_ID, HIGHLEVEL_CLIENT_SECRET  앱의 인증 정보
  HIGHLEVEL_PREVIOUS_CREDENTIALS  이전 인증 정보: id:secret,id:secret
  HIGHLEVEL_REDIRECT_URI, HIGHLEVEL_SCOPES  재승인 링크를 만드는 데 사용
  HIGHLEVEL_BASE_URL, HIGHLEVEL_API_VERSION  --base-url, --api-version과 같음
  SEALING_KEYS  로컬 저장소 암호화: base64로 된 32바이트 키. 첫 번째 키로 암호화
  EXPORT_KEY  내보내기 파일을 암호화하고 여는 base64로 된 32바이트 키
  HIGHLEVEL_WORKER_KEY  --worker에 쓰는 키

종료 코드: 0 모두 복구, 1 일부 복구 실패, 2 잘못된 사용.

장애가 난 날의 예:
  $ export HIGHLEVEL_CLIENT_ID=… HIGHLEVEL_CLIENT_SECRET=…
  $ highlevel-reconnect recover --file ids.csv`,
  recover: {
    summary: "끊긴 연결을 토큰 갱신, HighLevel의 Reconnect, 에이전시 토큰으로 복구합니다.",
    file: "복구할 대상: ID 목록, 표, JSON, HighLevel의 목록 응답. -는 표준 입력",
    installed: "--company 에이전시에서 앱이 설치된 모든 로케이션",
    status: "이 상태의 모든 연결",
    dryRun: "할 일만 표시하고 HighLevel에는 아무것도 보내지 않음",
    report: "모든 결과를 CSV 파일에 기록. 워커의 작업이면 복구하지 못한 것만",
    resume: "지난 실행에서 복구한 연결은 건너뜀",
    journal: "복구한 연결을 기록할 파일 (기본값: 저장소 옆)",
    after: `
파일은 표(쉼표, 세미콜론 또는 탭. 머리글은 locationId, Location ID, id 등이거나 없어도 됨), ID 목록, 여러 형태의 JSON, HighLevel의 목록 응답, 또는 import가 읽는 파일이면 됩니다. 행의 id는 로케이션이며, 옆에 companyId가 있으면 그 에이전시 소속입니다. 어떻게 읽혔는지는 --dry-run으로 볼 수 있습니다.

종료 코드: 0 모두 복구, 1 일부 복구 실패, 2 잘못된 사용.
Ctrl-C로 멈췄다가 이어서 할 수 있도록, 복구한 연결을 파일에 기록합니다. 끝나면 시도하지 못한 것까지 모두 세어 표시합니다.
--worker와 함께 쓰면 --installed와 --status는 워커의 작업이 되어, 이 명령과 관계없이 대시보드 페이지에서 계속됩니다. 이 작업에는 기록 파일도 이어서 하기도 없으며, 복구하지 못한 연결만 하나씩 표시됩니다.

예:
  $ highlevel-reconnect recover --file ids.csv
  $ highlevel-reconnect recover --file ids.csv --resume --report left.csv
  $ highlevel-reconnect recover --installed --company ve9EPM428h8vShlRW1KT --dry-run
  $ cut -d, -f2 customers.csv | highlevel-reconnect recover --file - --json`,
  },
  show: {
    summary: "연결 하나의 상태, 원인, 기록, 다음 작업과 재승인이 필요할 때의 링크를 표시합니다.",
    after: `
기록은 --worker로 볼 때만 있습니다. HighLevel에는 아무것도 보내지 않습니다.
종료 코드: 0 표시함, 1 저장된 연결이 아님, 2 잘못된 사용.

예:
  $ highlevel-reconnect show --location l1C08ntBrFjLS0elLIYU
  $ highlevel-reconnect show --company ve9EPM428h8vShlRW1KT --worker https://reconnect.example`,
  },
  list: {
    summary:
      "연결의 상태와 액세스 토큰 만료 시각을 표시합니다. 워커에서는 그 상태가 시작된 시각을 표시합니다.",
    status: "이 상태만",
    after: `
예:
  $ highlevel-reconnect list
  $ highlevel-reconnect list --status reauthorization_required --json`,
  },
  links: {
    summary:
      "메일 발송에 쓸 링크를 CSV로 만듭니다. 에이전시를 먼저, 에이전시로 복구되지 않는 로케이션을 다음에 적습니다.",
    status: "어떤 상태의 연결인지",
    after: `
에이전시가 한 번 클릭하면 소속 로케이션이 함께 복구되므로, 그 로케이션에는 따로 요청하지 않고 에이전시 옆에 개수를 적습니다. 더 많은 로케이션을 복구하는 에이전시가 앞에 옵니다. 이미 연결된 에이전시는 클릭할 필요 없이 recover --status로 소속 로케이션을 복구할 수 있습니다.
--worker로 만든 링크는 연결 하나에만 쓸 수 있고 14일 뒤 만료되며, 워커의 목록에서 열람 여부를 볼 수 있습니다.
로컬 저장소에서는 HighLevel의 링크를 씁니다. HIGHLEVEL_REDIRECT_URI와 HIGHLEVEL_SCOPES가 필요하고, 모든 고객에게 똑같으며, 코드는 앱의 콜백으로 전달됩니다.

예:
  $ highlevel-reconnect links > links.csv
  $ highlevel-reconnect links --worker https://reconnect.example --status broken --json`,
  },
  token: {
    summary: "유효한 액세스 토큰을 출력합니다. 저장된 토큰이 없거나 만료되었으면 갱신하거나 복구합니다.",
    after: `
예:
  $ highlevel-reconnect token --location l1C08ntBrFjLS0elLIYU
  $ curl -H "Authorization: Bearer $(highlevel-reconnect token --location l1C08ntBrFjLS0elLIYU)" -H "Version: 2021-07-28" https://services.leadconnectorhq.com/locations/l1C08ntBrFjLS0elLIYU`,
  },
  maintain: {
    summary: "cron용 연결 유지: 곧 만료될 토큰을 갱신하고, 끊긴 연결 중 시도할 때가 된 것을 다시 시도합니다.",
    within: "얼마나 앞까지 볼지: 90m, 2h, 1d. 실행 간격보다 길어야 함",
    after: `
동시에 두 번 실행해도 저장소의 잠금 덕분에 같은 토큰을 두 번 쓰지 않습니다. 중간에 끊긴 작업은 다음 실행에서 마무리합니다. 워커는 스스로 연결을 유지합니다.
종료 코드: 0 모두 정상(일시 중지 포함), 1 일부 이상, 2 잘못된 사용.

crontab에서 한 시간마다 실행하는 예:
  $ highlevel-reconnect maintain --env-file /etc/highlevel.env --store sqlite:/var/lib/highlevel.sqlite`,
  },
  doctor: {
    summary: "장애가 나기 전에 설정, 인증 정보, 시계, 저장소, 복구할 수 없는 연결을 점검합니다.",
    after: `
토큰이나 코드를 쓰지 않습니다. HighLevel에는 존재하지 않는 코드의 교환과 존재하지 않는 로케이션의 재연결만 요청하고, 무엇을 확인했는지 마지막에 표시합니다. --worker를 쓰면 워커와 그 구성 요소가 응답하는지, 워커의 수치와 저장된 연결을 확인합니다.
종료 코드: 0 모두 정상, 1 확인 필요, 2 잘못된 사용.

예:
  $ highlevel-reconnect doctor
  $ highlevel-reconnect doctor --worker https://reconnect.example --json`,
  },
  import: {
    summary: "다른 시스템의 토큰을 가져옵니다. HighLevel에는 아무것도 보내지 않습니다.",
    path: "파일. -는 표준 입력",
    dryRun: "가져올 내용만 표시하고 변경하지 않음",
    force: "정상인 연결도 더 오래된 토큰으로 교체",
    after: `
다음 형식을 내용으로 구분해 읽습니다 (UTF-8, UTF-16, Latin-1):
  여러 형태의 JSON  HighLevel의 응답, HighLevel SDK의 문서, ID를 키로 쓴 객체, 어떤 이름 아래든 중첩된 토큰, 로케이션 토큰이 들어 있는 에이전시 문서
  표  쉼표, 세미콜론 또는 탭. 머리글은 access_token, Access Token, ghl_access_token 등이거나 없어도 됨
  .env 파일  HIGHLEVEL_ACCESS_TOKEN=…, ACME_REFRESH_TOKEN=…
  JWT만  한 줄에 하나. 액세스 토큰과 리프레시 토큰은 내용으로 구분

무슨 토큰인지는 토큰 자체가 먼저이고 옆에 적힌 내용이 다음이며, 둘이 어긋나는 행은 오류로 처리합니다. HIGHLEVEL_CLIENT_ID와 다른 앱의 토큰, 비공개 통합(pit-…) 토큰은 제외합니다. 같은 연결의 토큰이 여럿이면 가장 최근 것을 씁니다. 정상인 연결은 --force 없이는 더 오래된 토큰으로 바뀌지 않습니다.
종료 코드: 0 모두 가져옴, 1 일부 행이나 연결을 가져오지 못함, 2 잘못된 사용.

예:
  $ mongoexport --collection tokens | highlevel-reconnect import -
  $ highlevel-reconnect import tokens.csv --dry-run
  $ highlevel-reconnect import tokens.json --force`,
  },
  reconcile: {
    summary: "HighLevel에서 에이전시에 설치된 것으로 확인되는 로케이션과 여기에 저장된 연결을 비교합니다.",
    company: "에이전시(company)",
    recover: "누락되거나 끊긴 연결 복구. 설치 해제된 연결은 표시만 함",
    after: `
  누락  HighLevel에는 설치되어 있지만 여기에 없음
  설치 해제됨  여기에 있지만 HighLevel에는 더 이상 설치되어 있지 않음
  끊김  리프레시 토큰이 더 이상 유효하지 않음
  재승인 필요  담당자가 앱을 다시 승인해야 함
  일시 중지  로케이션이 일시 중지 상태임

종료 코드: 0 이상 없음(또는 모두 복구), 1 그 밖의 경우, 2 잘못된 사용.

예:
  $ highlevel-reconnect reconcile --company ve9EPM428h8vShlRW1KT
  $ highlevel-reconnect reconcile --company ve9EPM428h8vShlRW1KT --recover`,
  },
  forget: {
    summary: "연결과 토큰을 삭제합니다. HighLevel에 설치된 앱은 그대로입니다.",
    erase: "저장된 내용을 모두 지우고 확인서를 표시",
    after: `
--erase가 없으면 삭제된 연결이 되살아나지 않도록 90일 동안 표시를 남깁니다. --erase를 쓰면 저장소에는 아무것도 남지 않습니다. 워커는 어느 쪽이든 그 표시(ID와 삭제 시각)를 남기며, 언제까지인지 확인서에 적습니다.

예:
  $ highlevel-reconnect forget --location l1C08ntBrFjLS0elLIYU
  $ highlevel-reconnect forget --location l1C08ntBrFjLS0elLIYU --erase --json > receipt.json`,
  },
  events: {
    summary: "워커의 EVENT_URLS 주소에 전달되지 않은 이벤트를 표시하고 다시 보냅니다.",
    after: "",
    list: {
      summary: "전달 실패한 이벤트를 최근 순으로, 또는 전송 중인 이벤트를 표시합니다.",
      state: "어떤 이벤트인지",
      after: `
예:
  $ highlevel-reconnect events list --worker https://reconnect.example`,
    },
    replay: {
      summary: "전달 실패한 이벤트를 다시 보냅니다.",
      id: "이 이벤트. 반복 가능",
      since: "이 시각(ISO 8601) 이후의 모든 이벤트",
      all: "모두",
      after: `
종료 코드: 0 모두 다시 보냄, 1 전달 실패한 이벤트가 아닌 ID가 있음, 2 잘못된 사용.

예:
  $ highlevel-reconnect events replay --all --worker https://reconnect.example
  $ highlevel-reconnect events replay --since 2026-11-27T09:00Z --worker https://reconnect.example`,
    },
  },
  export: {
    summary:
      "옮기거나 보관할 수 있도록 모든 연결을 암호화한 파일로 내보냅니다. HighLevel에는 아무것도 보내지 않습니다.",
    out: "파일 (기본값: 터미널이 아닌 표준 출력)",
    resume: "중간에 끊긴 --out 파일에 이어서 내보내기",
    after: `
EXPORT_KEY가 있으면 그 키로(키 만들기: openssl rand -base64 32), 없으면 저장소의 첫 번째 SEALING_KEYS 또는 워커의 키로 암호화합니다. 키가 없으면 열 수 없으니 잘 보관하세요. 암호화하지 않고 내보낼 수는 없습니다.

옮기는 순서: 먼저 기존 쪽의 갱신을 멈추고(저장소를 쓰는 프로그램을 중지하거나, 워커에 READ_ONLY=true 설정), 내보내고, 새 쪽에서 복원하고, 개수를 비교한 다음에만 새 쪽을 사용하세요. 양쪽이 같은 토큰을 갱신하면 연결이 끊깁니다.

종료 코드: 0 모두 내보냄, 1 일부를 읽지 못했거나 중간에 끊김, 2 잘못된 사용.

예:
  $ highlevel-reconnect export --worker https://reconnect.example --out connections.export
  $ highlevel-reconnect export --out connections.export --resume
  $ highlevel-reconnect export --store deno-kv:old.sqlite3 | highlevel-reconnect restore - --store sqlite:new.sqlite`,
  },
  restore: {
    summary:
      "내보낸 파일의 연결을 가져옵니다. 여기 있는 것이 더 최신이면 그대로 둡니다. HighLevel에는 아무것도 보내지 않습니다.",
    path: "내보낸 파일. -는 표준 입력",
    dryRun: "가져올 내용만 표시하고 변경하지 않음",
    partial: "끊기거나 손상된 파일에서 있는 부분만 가져오기",
    resume: "지난 실행에서 처리한 다음부터 이어서 하기",
    after: `
파일을 여는 키는 EXPORT_KEY이거나, 저장소의 SEALING_KEYS 또는 워커의 키 중 하나입니다. 더 최신인 내용은 바뀌지 않으므로 같은 파일을 다시 복원해도 괜찮습니다. 삭제된 연결은 되살아나지 않습니다. 이제부터는 한쪽만 토큰을 갱신해야 합니다. 양쪽이 같은 토큰을 갱신하면 연결이 끊깁니다.

종료 코드: 0 모두 가져왔거나 이미 최신, 1 일부를 가져오지 못함, 2 잘못된 사용(내보낸 파일이 아니거나 끊겼거나 키가 다름).

예:
  $ highlevel-reconnect restore connections.export --worker https://reconnect.example --dry-run
  $ highlevel-reconnect restore connections.export --store postgres://db.example/app`,
  },
  reseal: {
    summary:
      "모든 레코드를 SEALING_KEYS의 첫 번째 키로 다시 암호화하고, 이전 키를 없애도 되는지 알려 줍니다.",
    after: `
암호화 키를 바꾸는 방법: 새 키를 SEALING_KEYS의 맨 앞에, 이전 키를 그 뒤에 적습니다. 저장소를 쓰는 모든 곳에 두 키를 적용하고(워커는 다시 배포), 이 명령을 실행한 다음 이전 키를 없앱니다. 다른 작업과 함께, 여러 번 실행해도 괜찮습니다.

종료 코드: 0 이전 키로 암호화된 레코드 없음, 1 다른 키로 암호화된 레코드가 남음, 2 잘못된 사용.`,
  },
  sandbox: {
    summary: "이 컴퓨터에서 작은 HighLevel을 실행합니다. 장애 직후처럼 모든 토큰이 사라진 상태입니다.",
    port: "포트. 0이면 비어 있는 포트",
    connections: "끊긴 연결 수. 모두 한 에이전시 소속",
    writeIds: "ID를 CSV 파일로 쓰기",
    paused: "그중 일시 중지된 로케이션 수",
    uninstalled: "그중 앱을 제거한 로케이션 수",
    latency: "응답 시간(ms)",
    noReconnect: "Reconnect 엔드포인트가 제거되었다고 응답",
    noRefreshWindow: "30초 안에 다시 보낸 갱신 요청에 같은 응답을 주지 않음",
    missingScope: "토큰에서 뺄 앱의 권한 범위 (예: oauth.write)",
    after: `
터미널 두 개로 실행하는 예:
  $ highlevel-reconnect sandbox --connections 1000 --latency 50 --write-ids ids.csv
  $ export …  # 위 명령이 출력한 줄
  $ highlevel-reconnect recover --file ids.csv`,
  },
};
