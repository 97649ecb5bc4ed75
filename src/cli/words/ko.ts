import type { en } from "./en.ts";
import { koHealth } from "./ko_health.ts";
import { koRemarks } from "./ko_remarks.ts";
import { koUsage } from "./ko_usage.ts";

const number = (count: number): string => count.toLocaleString("ko-KR");
const seconds = (time: number): string => `${time.toFixed(1)}초`;
const joined = (...parts: readonly (string | false)[]): string => parts.filter(Boolean).join(", ");

/** What people read in Korean, but for the help. No particle follows a name or a number directly. */
export const ko: typeof en = {
  usage: koUsage,
  health: koHealth,
  code: "ko",
  number,
  connections: (count) => `연결 ${number(count)}개`,
  error: "오류",
  kinds: { location: "로케이션", company: "에이전시" },
  states: {
    connected: "정상",
    broken: "끊김",
    paused: "일시 중지",
    reauthorization_required: "재승인 필요",
    recovered: "복구됨",
    failed: "실패",
    missing: "누락",
    orphaned: "설치 해제됨",
    imported: "가져옴",
    kept: "유지함",
    would_import: "가져올 예정",
    would_keep: "유지할 예정",
  },
  ways: {
    store: "저장된 토큰으로",
    refresh: "토큰 갱신으로",
    reconnect: "Reconnect로",
    agency: "에이전시를 통해",
  },
  codes: {
    invalid_request: "HighLevel이 요청을 받아들이지 않았습니다.",
    invalid_client: "앱의 클라이언트 ID 또는 시크릿이 거부되었습니다.",
    invalid_grant: "토큰이 더 이상 유효하지 않습니다.",
    wrong_connection: "다른 계정이 승인되었습니다. 저장된 내용은 없습니다.",
    endpoint_removed: "HighLevel이 Reconnect 엔드포인트가 제거되었다고 응답했습니다.",
    location_inactive: "로케이션이 일시 중지되어 있습니다.",
    not_installed: "앱이 설치되어 있지 않습니다.",
    forbidden: "접근 권한이 없습니다.",
    unauthorized: "인증이 거부되었습니다.",
    rate_limited: "요청이 너무 많아 제한되었습니다.",
    unavailable: "HighLevel에 일시적인 오류가 발생했습니다.",
    network: "네트워크에 연결할 수 없습니다.",
    timeout: "응답 시간이 초과되었습니다.",
    malformed_response: "응답을 해석할 수 없습니다.",
    reauthorization_required: "앱을 다시 승인해야 합니다.",
    store_failed: "토큰 저장소를 사용할 수 없습니다.",
    invalid_webhook: "웹훅을 확인할 수 없습니다.",
  },
  unexplained: {
    paused: "로케이션이 일시 중지되어 있습니다.",
    reauthorization_required: "자동으로 복구하지 못했습니다. 앱을 다시 승인해야 합니다.",
    failed: "원인을 알 수 없습니다.",
  },
  columns: {
    connection: "연결",
    kind: "종류",
    id: "ID",
    status: "상태",
    since: "상태 시작 시각",
    tokenEnds: "토큰 만료 시각",
    name: "이름",
    reason: "원인",
    link: "링크",
    happened: "발생 시각",
    type: "유형",
    why: "전달되지 않은 이유",
  },
  unknown: "알 수 없음",
  nothing: "없음",
  tally: (counts) =>
    joined(
      `복구 ${number(counts.recovered)}`,
      counts.paused > 0 && `일시 중지 ${number(counts.paused)}`,
      counts.reauthorization_required > 0 && `재승인 필요 ${number(counts.reauthorization_required)}`,
      counts.failed > 0 && `실패 ${number(counts.failed)}`,
      (counts.notTried ?? 0) > 0 && `시도 안 함 ${number(counts.notTried ?? 0)}`,
    ),
  run: {
    recovering: "복구하는 중",
    bar: {
      recovered: (count) => `복구 ${number(count)}`,
      paused: (count) => `일시 중지 ${number(count)}`,
      reauthorization_required: (count) => `재승인 필요 ${number(count)}`,
      failed: (count) => `실패 ${number(count)}`,
    },
    of: (done, total) => `${total}개 중 ${done}개`,
    left: (time) => `남은 시간 ${time}`,
    stopping: "중지하는 중입니다. 진행 중인 연결은 끝까지 처리합니다. 바로 끝내려면 Ctrl-C를 다시 누르세요.",
    interrupted: " 중간에 중지되었습니다.",
    restUncounted: " 남은 연결은 세지 않았습니다.",
    summary: (given, tally, time) => `연결 ${number(given)}개: ${tally} (${seconds(time)}).`,
    notRecovered: (count) => `복구하지 못한 연결 ${number(count)}개`,
    more: (count) => `… 외 ${number(count)}개. 전체 목록은 --report out.csv 또는 --json으로 볼 수 있습니다.`,
    sendLink: (at) => `[${at}] 고객에게 보낼 링크:`,
    sharedLink:
      "이 링크는 HighLevel의 링크로 모든 고객에게 똑같으며, 코드는 HIGHLEVEL_REDIRECT_URI로 전달됩니다. 워커(--worker)를 사용하면 연결마다 링크를 만들 수 있습니다.",
    trace: (id) => `추적 ID ${id}`,
    noLink: "재승인 링크를 보려면 HIGHLEVEL_REDIRECT_URI와 HIGHLEVEL_SCOPES를 설정하세요.",
    job: (page) => `워커의 작업은 이 명령과 관계없이 계속됩니다: ${page}`,
    jobGoesOn: "작업은 워커에서 계속됩니다.",
    jobIncomplete: (problem) => `워커가 일부 연결을 찾지 못했습니다: ${problem}`,
    plan: (count) => `연결 ${number(count)}개를 복구할 예정이며, 비용이 가장 적은 방법부터 시도합니다.`,
    planWays: {
      refresh: "저장된 토큰 갱신",
      reconnect: "HighLevel의 Reconnect",
      agency: "에이전시 토큰 사용",
      person: "담당자의 재승인",
    },
    nothingSent: "HighLevel에 보낸 요청은 없습니다.",
    resuming: (count) => `이어서 진행합니다. 이미 복구된 연결 ${number(count)}개는 건너뜁니다.`,
    nothingToResume: (path) => `${path} 파일에 이어서 할 내용이 없어 처음부터 시작합니다.`,
    goOn: (path) => `나머지를 이어서 하려면 같은 명령에 --resume을 붙이세요 (${path}).`,
    nothing: "복구할 연결이 없습니다.",
    heldOnly: (companyId) =>
      `--dry-run에서는 HighLevel에 묻지 않으므로, 에이전시 ${companyId} 소속 로케이션 중 여기에 저장된 것만 셉니다.`,
  },
  file: {
    stdin: "표준 입력",
    kinds: {
      nothing: "빈 파일",
      json: "JSON",
      env: "NAME=value",
      table: (separator, header) =>
        `${{ ",": "쉼표", ";": "세미콜론", "\t": "탭", "|": "세로줄" }[separator]}로 구분한 표, ${
          header === undefined ? "머리글 없음" : `열 ${header}`
        }`,
    },
    bigEndian: "빅 엔디언",
    and: " 및 ",
    place: (path, line, inside) => `${path} ${line}행${inside && ` ${inside}`}`,
    leftOut: (place, reason) => `${place} 제외: ${reason}.`,
    remarks: koRemarks,
    summary: (taken, leftOut, bad) => {
      const parts = joined(
        leftOut + bad > 0 && `사용 ${number(taken)}`,
        leftOut > 0 && `제외 ${number(leftOut)}`,
        bad > 0 && `오류 ${number(bad)}`,
      );
      return `${number(taken + leftOut + bad)}행${parts && ` (${parts})`}`;
    },
    asTold: (path, summary) => `${path}: ${summary}, 자세한 내용은 위에 있습니다.`,
    kind: (path, kind, summary) => `${path}: ${kind}${summary ? `; ${summary}` : ""}.`,
  },
  store: {
    unsealed: (name) =>
      `토큰이 암호화되지 않은 채 ${name} 파일에 저장됩니다. 암호화하려면 SEALING_KEYS를 설정하세요 (키 만들기: openssl rand -base64 32).`,
  },
  list: {
    summary: (total, parts) => `연결 ${number(total)}개: ${parts.join(", ")}.`,
    part: (count, state) => `${state} ${number(count)}`,
    none: (name) => `${name}: 저장된 연결이 없습니다.`,
  },
  imported: {
    both: "액세스 토큰과 리프레시 토큰",
    refreshOnly: "리프레시 토큰만",
    accessKept: "액세스 토큰. 저장된 리프레시 토큰은 그대로 유지",
    accessOnly: "액세스 토큰만: 갱신하려면 Reconnect가 필요",
    accessDryRun: "액세스 토큰. 저장된 리프레시 토큰이 있으면 유지",
    ends: (time) => `만료 ${time}`,
    endUnknown: "만료 시각을 알 수 없음",
    of: (companyId) => `에이전시 ${companyId} 소속`,
    issuedTo: (clientId) => `발급 대상 ${clientId}`,
    newer: "저장된 토큰이 같거나 더 최신 (--force로 교체)",
    summary: (rows, count, taken, kept, failed) =>
      `${rows}, 연결 ${number(count)}개: ${
        joined(
          `가져옴 ${number(taken)}`,
          kept > 0 && `유지함 ${number(kept)}`,
          failed > 0 && `실패 ${number(failed)}`,
        )
      }.`,
    dryRun: (rows, taken, kept) => {
      const parts = `: 가져올 예정 ${number(taken)}, 유지할 예정 ${number(kept)}`;
      return `${rows}, 연결 ${number(taken + kept)}개${kept > 0 ? parts : ""}. 변경된 내용은 없습니다.`;
    },
  },
  links: {
    nobody: "클릭이 필요한 곳이 없습니다.",
    agencies: (count, locations) =>
      `먼저 요청할 에이전시 ${number(count)}곳. 클릭하면 로케이션 ${number(locations)}개가 함께 복구됩니다.`,
    alone: (count) => `직접 요청할 로케이션 ${number(count)}곳.`,
    recoverable: (count, status) =>
      `${
        number(count)
      }개는 요청할 필요가 없습니다. 에이전시가 연결되어 있어 recover --status ${status} 명령으로 복구됩니다.`,
    lacking: (count) =>
      `${number(count)}개는 링크가 없습니다. 관리자 키와, 설치를 받도록 설정된 워커가 필요합니다.`,
    shared:
      "이 링크는 HighLevel의 링크로 모든 고객에게 똑같습니다. 누가 열었는지 알 수 없고, 코드는 HIGHLEVEL_REDIRECT_URI로 전달됩니다. " +
      "워커(--worker)를 사용하면 연결마다 링크를 만들고 열람 여부를 확인할 수 있습니다.",
  },
  reconcile: {
    installed: (count, parts) => `설치된 로케이션 ${number(count)}개: ${parts.join(", ") || "이상 없음"}.`,
    mend: "누락되거나 끊긴 연결을 복구하려면 같은 명령에 --recover를 붙이세요.",
  },
  forget: {
    forgot: (who) => `삭제했습니다: ${who}.`,
    nothing: (who) => `저장된 내용이 없습니다: ${who}.`,
    erased: (who, time) => `완전히 삭제했습니다: ${who}, ${time}`,
    erasedPart: "삭제",
    remains: "남음",
  },
  events: {
    untried: "아직 시도하지 않음",
    tries: (count) => `시도 ${number(count)}회`,
    dead: (count) => `전달 실패한 이벤트 ${number(count)}개.`,
    waiting: (count) => `전송 중인 이벤트 ${number(count)}개.`,
    noDeadLetter: (id) => `${id}: 전달 실패한 이벤트가 아닙니다.`,
    replayed: (count) => `이벤트 ${number(count)}개를 다시 보내고 있습니다.`,
  },
  moving: {
    exporting: "내보내는 중",
    comparing: "비교하는 중",
    restoring: "복원하는 중",
    sealing: "암호화하는 중",
    whole: (path) => `${path} 파일은 이미 완전합니다. 이어서 할 내용이 없습니다.`,
    stopping: "이 페이지까지 처리하고 중지합니다.",
    cutOff: "중간에 끊겼습니다.",
    interrupted: "중간에 중지되었습니다.",
    goingOn: (count) => `연결 ${number(count)}개 다음부터 이어서 진행합니다.`,
    goingOnAfter: (line) => `${number(line)}행 다음부터 이어서 진행합니다.`,
    unreadable: (key, reason) => `${key}: 읽을 수 없습니다. ${reason}`,
    exported: (count, name, lost, time) =>
      `${name}: 연결 ${number(count)}개를 내보냈습니다${
        lost > 0 ? `. 그중 ${number(lost)}개는 읽을 수 없었습니다` : ""
      } (${seconds(time)}).`,
    notWhole: (reason) => `내보낸 파일이 완전하지 않습니다. ${reason}`,
    resume: "이어서 하려면 같은 명령에 --resume을 붙이세요.",
    again: "이어서 하려면 같은 명령을 다시 실행하세요.",
    workerGoesOn:
      "이 워커는 토큰을 계속 갱신하므로 백업용으로는 괜찮습니다. 옮기려면 먼저 워커에 READ_ONLY=true를 설정한 다음 내보내세요.",
    storeGoesOn:
      "옮기려면 내보내기 전부터 이 저장소를 아무도 쓰지 않아야 합니다. 내보낸 뒤 여기서 갱신된 토큰은 옮긴 곳에서 쓸 수 없습니다.",
    restored: (counts, dryRun, time) =>
      `연결 ${number(counts.taken + counts.older + counts.bad + counts.failed)}개: ${
        joined(
          `${dryRun ? "가져올 예정" : "가져옴"} ${number(counts.taken)}`,
          counts.older > 0 && `여기 있는 것보다 최신이 아님 ${number(counts.older)}`,
          counts.bad > 0 && `오류 ${number(counts.bad)}`,
          counts.failed > 0 && `실패 ${number(counts.failed)}`,
        )
      } (${seconds(time)}).${dryRun ? " 변경된 내용은 없습니다." : ""}`,
    noWhole: (path, reason) => `${path}: 완전한 내보내기 파일이 아닙니다. ${reason}.`,
    line: (line, who, result, reason) => `${line}행: ${who}${result === "bad" ? "오류" : "실패"}: ${reason}`,
    unreadableThere: "내보낸 쪽에서 읽을 수 없었음: ",
    old: (days) =>
      `${
        number(days)
      }일 전에 내보낸 파일입니다. 그 뒤에 내보낸 쪽에서 갱신된 연결은 다른 방법으로 복구합니다.`,
    oneSide: (isWorker) =>
      `이제부터는 한쪽만 토큰을 갱신해야 합니다${
        isWorker ? ". 이 워커가 갱신합니다" : ""
      }. 다른 쪽에서 갱신하면 여기서는 쓸 수 없게 됩니다.`,
    resealedBar: (count) => `${number(count)}개 다시 암호화`,
    resealed: (all, key, counts) =>
      `레코드 ${number(all)}개, 키 ${key}: ${
        joined(
          `다시 암호화 ${number(counts.resealed)}`,
          `이미 이 키 ${number(counts.already)}`,
          counts.unreadable > 0 && `없는 키로 암호화됨 ${number(counts.unreadable)}`,
          counts.failed > 0 && `확인하지 못함 ${number(counts.failed)}`,
        )
      }.`,
    dropOld:
      "이전 키로 암호화된 레코드는 더 이상 없습니다. 이전 키로 만든 내보내기 파일과 링크에는 그 키가 계속 필요합니다.",
    keepOld: "이전 키를 계속 보관하세요.",
  },
  maintain: { nothingDue: "지금 할 작업이 없습니다." },
  sandbox: ({ url, count, company }) =>
    `작은 HighLevel이 ${url} 주소에서 실행 중입니다. 끝내려면 Ctrl-C를 누르세요.\n에이전시 ${company} 소속 로케이션 ${
      number(count)
    }개의 토큰이 모두 사라진 상태입니다.`,
  sandboxThen: "다른 터미널에서 실행해 보세요:",
  sandboxIds: "(--write-ids ids.csv로 만듭니다)",
};
