import type { enHealth } from "./en_health.ts";

const number = (count: number): string => count.toLocaleString("ko-KR");

/** What `show`, `doctor` and `events list` tell, in Korean. */
export const koHealth: typeof enHealth = {
  problems: {
    http: (status) => `${status} 응답`,
    redirect: (status) => `다른 곳으로 리디렉션(${status}), 따라가지 않음`,
    timeout: () => "20초 안에 응답 없음",
    unreachable: () => "연결할 수 없음",
    gone: () => "더 이상 받지 않겠다고 응답(410)",
    down: () => "3일 동안 연결되지 않음",
    unlisted: () => "EVENT_URLS에서 삭제된 주소",
    no_key: () => "암호화에 쓴 키가 SEALING_KEYS에 없음",
  },
  show: {
    notHeld: (who, name) => `저장된 내용이 없습니다: ${who} (${name}).`,
    means: {
      connected: "액세스 토큰이 유효하며, 필요할 때 자동으로 갱신됩니다.",
      broken: "쓸 수 있는 토큰이 없고 아직 복구에 성공하지 못했습니다. 다시 시도합니다.",
      paused:
        "HighLevel에서 이 로케이션이 일시 중지되었습니다. 토큰은 보관 중이며, 로케이션이 다시 활성화되면 연결도 복구됩니다.",
      reauthorization_required: "자동으로 복구할 수 없습니다. 담당자가 앱을 다시 승인해야 합니다.",
    },
    suspended: "보류된 연결입니다. 해제할 때까지 토큰을 갱신하거나 제공하지 않으며, 토큰은 보관 중입니다.",
    suspendedSince: (time) => `${time}부터 보류`,
    why: "원인",
    next: "다음 작업",
    nextAt: (time, isConnected) => (isConnected ? `${time} 이후 갱신` : `${time} 이후 다시 시도`),
    nothingNext: "예정된 작업 없음",
    tokenEnds: "토큰 만료 시각",
    refreshToken: "리프레시 토큰",
    refreshTokenIssued: (time, end) => `발급 ${time}, 만료 ${end}`,
    agency: "에이전시",
    scopes: "권한 범위",
    version: "앱 버전",
    changed: "마지막 변경",
    link: "해당 계정에 앱을 설치할 수 있는 사람에게 이 링크를 보내세요:",
    history: "기록 (최근 순)",
    noHistory: "아직 기록이 없습니다.",
    actor: (who) => `실행한 쪽: ${who}`,
    events: {
      refreshed: "갱신됨",
      recovered: "복구됨",
      paused: "일시 중지됨",
      resumed: "일시 중지 해제됨",
      reauthorization_required: "재승인 필요",
      recovery_failed: "복구 실패",
      store_failed: "저장 실패",
      endpoint_removed: "Reconnect 엔드포인트 제거됨",
      odd_answer: "비정상 응답, 토큰 유지",
      imported: "토큰 가져옴",
      restored: "내보낸 파일에서 복원",
      authorised: "승인됨",
      installed: "앱 설치됨",
      uninstalled: "앱 제거됨",
      forgotten: "삭제됨",
      suspended: "보류됨",
      suspension_ended: "보류 해제됨",
    },
  },
  doctor: {
    results: { ok: "정상", hint: "참고", look: "확인 필요" },
    asked: (what) => `확인한 곳: ${what.join(" · ")}.`,
    askedNothing: "외부에 보낸 요청은 없습니다.",
    nothingSpent: "사용한 토큰이나 변경된 내용은 없습니다.",
    well: (hints) => hints > 0 ? "확인이 필요한 항목은 없습니다." : "모두 정상입니다.",
    looks: (count) => `확인이 필요한 항목이 ${number(count)}개 있습니다.`,
    checks: {
      settings: "설정",
      links: "링크",
      highlevel: "HighLevel",
      credentials: "앱 인증 정보",
      clock: "시계",
      reconnect: "Reconnect",
      store: "저장소",
      lock: "잠금",
      sealing: "암호화 키",
      renewal: "갱신",
      refresh_tokens: "리프레시 토큰",
      agencies: "에이전시",
      people: "담당자",
      worker: "워커",
      key: "키",
      parts: "구성 요소",
      events: "이벤트",
      directory: "연결 목록",
    },
    settings: (names) => `설정됨: ${names.join(", ")}.`,
    links: "리디렉션 URI와 권한 범위가 설정되어 있어 재승인 링크를 보낼 수 있습니다.",
    noLinks: "HIGHLEVEL_REDIRECT_URI와 HIGHLEVEL_SCOPES가 없으면 재승인 링크를 만들 수 없습니다.",
    reached: (url) => `${url} 주소가 응답합니다.`,
    notReached: (url, why) => `${url} 주소가 제대로 응답하지 않습니다: ${why}`,
    credentials: "HighLevel이 클라이언트 ID와 시크릿을 받아들입니다.",
    credentialsRefused: (why) => `HighLevel이 클라이언트 ID 또는 시크릿을 거부합니다: ${why}`,
    credentialsUnproven:
      "HighLevel이 거부하지는 않습니다. 코드를 시크릿보다 먼저 확인하므로, 실제로 맞는지는 다음 갱신에서 알 수 있습니다.",
    clock: (seconds) => `상대 서버의 시계와 ${number(seconds)}초 안으로 일치합니다.`,
    clockOff: (seconds) =>
      `이 컴퓨터의 시계가 상대 서버보다 ${number(Math.abs(seconds))}초 ${
        seconds > 0 ? "빠릅니다. 토큰이 너무 일찍" : "느립니다. 토큰이 너무 늦게"
      } 갱신됩니다. NTP로 시계를 맞추세요.`,
    clockUnknown: "상대 서버가 시각을 알려 주지 않습니다.",
    reconnectAnswers: "Reconnect가 응답합니다. 끊긴 연결을 이 방법으로 복구할 수 있습니다.",
    reconnectGone:
      "HighLevel이 Reconnect가 제거되었다고 응답합니다. 토큰을 잃은 연결은 에이전시를 통해, 또는 담당자의 재승인으로 복구해야 합니다.",
    reconnectUnknown: (why) => `확인하지 못했습니다: ${why}`,
    store: (name, count) => `${name} 저장소가 열리며 연결 ${number(count)}개가 들어 있습니다.`,
    storeFails: (name, why) => `${name}: ${why}`,
    lock: "잠금을 얻고 돌려줄 수 있습니다.",
    noLock: "잠금이 없어 한 프로세스에서만 써야 합니다.",
    lockFails: (why) => `잠금을 얻을 수 없습니다: ${why}`,
    sealed: (count) =>
      count > 0
        ? `토큰이 암호화되어 있습니다. 확인한 ${number(count)}개가 모두 열립니다.`
        : "토큰을 암호화해 저장합니다.",
    unsealed:
      "토큰이 암호화되지 않은 채 저장됩니다. SEALING_KEYS로 암호화할 수 있습니다 (키 만들기: openssl rand -base64 32).",
    unreadable: (count, of, why) => `확인한 ${number(of)}개 중 ${number(count)}개를 열 수 없습니다: ${why}`,
    renewal: "밀린 작업이 없습니다.",
    overdue: (count, since) =>
      `연결 ${
        number(count)
      }개의 액세스 토큰이 만료된 지 오래되었습니다(가장 오래된 것은 ${since} 만료). cron에서 maintain을 실행하세요.`,
    refreshTokens: "30일 안에 만료되는 리프레시 토큰이 없습니다.",
    refreshTokensEnd: (count, first) =>
      `리프레시 토큰 ${
        number(count)
      }개가 30일 안에 만료됩니다(가장 빠른 날짜 ${first}). recover로 새로 받을 수 있습니다.`,
    coverage: (covered, all) =>
      `로케이션 ${number(all)}개 중 ${number(covered)}개는 에이전시를 통해 복구할 수 있습니다.`,
    noLocations: "저장된 로케이션이 없습니다.",
    uncovered: (unknown, notHeld, lost) =>
      [
        unknown > 0 && `에이전시를 모르는 로케이션 ${number(unknown)}개`,
        notHeld > 0 && `에이전시가 연결되지 않은 로케이션 ${number(notHeld)}개`,
        lost > 0 && `에이전시의 연결이 끊긴 로케이션 ${number(lost)}개`,
      ].filter(Boolean).join("; "),
    agenciesToConnect: (ids, more) =>
      `먼저 연결할 에이전시: ${ids.join(", ")}${more > 0 ? ` 외 ${number(more)}곳` : ""}.`,
    lookedAt: (count) => `처음 ${number(count)}개의 연결만 확인했습니다.`,
    nobody: "오늘 클릭이 필요한 곳은 없습니다.",
    people: (needed, broken) =>
      [
        needed > 0 &&
        `연결 ${number(needed)}개는 담당자의 재승인이 필요합니다. 누구에게 요청할지는 links로 확인하세요.`,
        broken > 0 && `연결 ${number(broken)}개가 끊겼습니다. recover --status broken으로 다시 시도하세요.`,
      ].filter(Boolean).join(" "),
    worker: (url, version) => `${url} 주소가 응답합니다. 버전 ${version}.`,
    otherVersion: (version, own) => `워커는 ${version} 버전이고 이 명령은 ${own} 버전입니다.`,
    key: "등록된 키입니다.",
    keyRefused: (why) => `워커가 키를 거부합니다: ${why}`,
    parts: (names) => `모두 응답합니다: ${names.join(", ")}.`,
    partsFail: (names) => `응답하지 않습니다: ${names.join(", ")}.`,
    events: "모든 이벤트가 전달되었거나 전송 중입니다.",
    deadEvents: (count) =>
      `이벤트 ${
        number(count)
      }개를 전달하지 못했습니다. events list로 확인하고 events replay로 다시 보낼 수 있습니다.`,
    directory: "연결 목록이 완전합니다.",
    directoryBuilding: "연결 목록을 새로 만들고 있어 지금은 수가 실제보다 적습니다.",
    ask: {
      token: (url) => `${url}/oauth/token (존재하지 않는 코드로)`,
      reconnect: (url) => `${url}/oauth/reconnect (존재하지 않는 로케이션으로)`,
      worker: (path) => `워커의 ${path}`,
    },
  },
};
