import type { enUsage } from "./en_usage.ts";

/** What is wrong with how a command was called, in Korean. */
export const koUsage: typeof enUsage = {
  hint: "(사용법은 --help로 볼 수 있습니다)",
  notSet: (name) =>
    `${name} 설정이 없습니다${
      name === "HIGHLEVEL_CLIENT_ID" ? "(저장소는 연결을 앱별로 보관합니다)" : ""
    }. 환경 변수로, 또는 --env-file로 지정한 파일에 설정하세요.`,
  envFile: (path, reason) => `--env-file ${path} 파일을 읽을 수 없습니다: ${reason}`,
  apiVersion: (known) => `HIGHLEVEL_API_VERSION 값은 다음 중 하나여야 합니다: ${known}.`,
  previousPair: (at) => `HIGHLEVEL_PREVIOUS_CREDENTIALS의 ${at}번째 쌍을 id:secret 형식으로 입력하세요.`,
  callback: "HIGHLEVEL_REDIRECT_URI에는 사용자 정보와 #이 없는 https(또는 루프백) 콜백 URL을 입력하세요.",
  scopes: "HIGHLEVEL_SCOPES에는 권한 범위를 공백으로 구분해 입력하세요.",
  mustBePlain: (name) => `${name} 값에는 공백, 줄 바꿈, ASCII가 아닌 문자를 쓸 수 없습니다.`,
  mustBeKey: (name) =>
    `${name} 값은 base64로 된 32바이트 키여야 합니다 (키 만들기: openssl rand -base64 32).`,
  baseUrl: "HIGHLEVEL_BASE_URL에는 사용자 정보, 쿼리, 프래그먼트가 없는 https(또는 루프백) URL을 입력하세요.",
  setting: (message) => `설정이 올바르지 않습니다: ${message}`,
  mustBeStore: "sqlite:PATH, deno-kv:PATH, postgres://… 또는 redis://… 형식으로 입력하세요.",
  mustBeNumber: (least, most) => `${least}부터 ${most}까지의 정수를 입력하세요.`,
  empty: (option) => `값이 비어 있는 옵션입니다: ${option}`,
  twice: (option) => `한 번만 쓸 수 있는 옵션입니다: ${option}`,
  mustBeSite: "사용자 정보, 쿼리, 프래그먼트가 없는 https(또는 루프백) URL을 입력하세요.",
  mustBeId: "영문자, 숫자, _, -로 된 1~128자를 입력하세요.",
  mustBeMoment: "ISO 8601 형식의 시각을 입력하세요.",
  mustBeLength: "90m, 2h, 1d 같은 기간을 입력하세요. 최대 30일입니다.",
  unreadable: (path, reason) => `${path} 파일을 읽을 수 없습니다: ${reason}`,
  folder: (path) => `${path}: 폴더는 읽을 수 없습니다`,
  denoKvOff: "Deno KV가 꺼져 있습니다. Deno를 --unstable-kv로 실행하거나 --store sqlite:PATH를 사용하세요.",
  denoKvElsewhere: "Deno KV는 Deno에서만 쓸 수 있습니다. Deno로 실행하거나 --store sqlite:PATH를 사용하세요.",
  otherKind: (path, kind, address) =>
    `${path}: ${kind} 파일입니다. 다음 옵션을 사용하세요: --store ${address}`,
  storeClosed: (name, reason) => `--store: ${name} 저장소를 열 수 없습니다: ${reason}`,
  noReason: "이유를 알 수 없음",
  noAnswer: (seconds) => `${seconds}초 안에 응답이 없음`,
  formerStore: (former, fresh) =>
    `이 폴더에 이전 버전의 Deno KV 파일이 있습니다. 계속 쓰려면: --store ${former}. 새 파일로 시작하려면: --store ${fresh}. ` +
    `옮기려면: export --store ${former} --out FILE 다음에 restore FILE --store ${fresh}.`,
  noJournal: (path) => `--journal: ${path} 파일은 복구 기록이 아닙니다`,
  journalClosed: (path, reason) => `--journal: ${path} 파일을 쓸 수 없습니다: ${reason}`,
  report: (path, reason) => `--report ${path} 파일을 쓸 수 없습니다: ${reason}`,
  noReport: (path) =>
    `--report: ${path} 파일이 이미 있고 덮어쓸 수 있는 보고서가 아닙니다. 다른 이름을 쓰세요.`,
  installedNeedsCompany: "--installed에는 어느 에이전시인지 --company ID가 필요합니다.",
  dryRunAlone: "--dry-run은 --resume이나 --report와 함께 쓸 수 없습니다",
  jobWithoutJournal: "워커의 작업에는 복구 기록이 없습니다. --resume과 --journal을 빼세요.",
  nothingToRecover: "복구할 대상이 없습니다. --location, --company, --file 또는 --status를 지정하세요.",
  noId: (path) => `${path}: 사용할 수 있는 행이 없습니다. 행마다 로케이션이나 에이전시의 ID가 있어야 합니다.`,
  noToken: (path) => `${path}: 사용할 수 있는 행이 없습니다.`,
  oneTarget: "--location ID와 --company ID 중 하나만 지정하세요.",
  someTarget: "--location ID 또는 --company ID를 지정하세요.",
  linkSettings: "링크를 만들려면 HIGHLEVEL_REDIRECT_URI와 HIGHLEVEL_SCOPES를 설정하세요.",
  whichEvents: "--id(반복 가능), --since, --all 중 하나를 지정하세요.",
  maintainWorker: (url) =>
    `워커는 스스로 연결을 유지하므로 할 일이 없습니다: ${url}. 상태는 doctor --worker로 확인할 수 있습니다.`,
  outNeeded: "--resume과 --json에는 --out FILE이 필요합니다.",
  outOrPipe: "--out FILE을 지정하거나 파이프로 넘기세요.",
  outThere: (path) =>
    `--out: ${path} 파일이 이미 있습니다. 중간에 끊긴 내보내기라면 --resume으로 이어서 하고, 아니면 다른 이름을 쓰세요.`,
  outClosed: (path, reason) => `--out: ${path} 파일을 쓸 수 없습니다: ${reason}`,
  outNoExport: (path, reason) => `--out: ${path} 파일은 내보내기 파일이 아닙니다: ${reason}`,
  restoreResume: "--resume은 파일에만, 그리고 --dry-run 없이 쓸 수 있습니다.",
  noWholeExport: (path, reason, canBePartial) =>
    `${path}: 완전한 내보내기 파일이 아닙니다. ${reason}.${
      canBePartial ? " 다시 내보내거나, 있는 부분만 가져오려면 --partial을 붙이세요." : ""
    }`,
  exportNeedsKey: (path) => `${path} 파일을 열 키가 필요합니다 (EXPORT_KEY 또는 SEALING_KEYS 중 하나)`,
  restoreJournal: (path) => `${path} 파일은 복원 기록이 아닙니다.`,
  restoreJournalClosed: (path, reason) => `복원 기록 ${path} 파일을 쓸 수 없습니다: ${reason}`,
  exportKey:
    "내보내기 파일은 항상 암호화됩니다. EXPORT_KEY를 설정하고 (키 만들기: openssl rand -base64 32) 잘 보관하세요. 키가 없으면 열 수 없습니다.",
  sealingKeys: "SEALING_KEYS 설정이 없습니다. 새 키를 맨 앞에, 지금까지 쓴 키를 그 뒤에 적으세요.",
  sandboxCounts: "--paused와 --uninstalled를 더한 수가 --connections보다 많습니다.",
  sandboxScope: (scope, known) =>
    `--missing-scope ${scope}: 샌드박스 앱의 권한 범위가 아닙니다. 사용할 수 있는 값: ${known}.`,
  port: (port, reason) => `--port ${port} 포트를 사용할 수 없습니다: ${reason}`,
  noIds: (path) => `--write-ids: ${path} 파일이 이미 있고 ID 목록이 아닙니다. 다른 이름을 쓰세요.`,
  writeIds: (path, reason) => `--write-ids ${path} 파일을 쓸 수 없습니다: ${reason}`,
  parser: {
    "commander.unknownOption": ([option = ""]) => `알 수 없는 옵션입니다: ${option}`,
    "commander.unknownCommand": ([command = ""]) => `알 수 없는 명령입니다: ${command}`,
    "commander.missingArgument": ([name = ""]) => `필요한 인수가 없습니다: ${name}`,
    "commander.optionMissingArgument": ([option = ""]) => `옵션 값이 없습니다: ${option}`,
    "commander.missingMandatoryOptionValue": ([option = ""]) => `필요한 옵션이 없습니다: ${option}`,
    "commander.conflictingOption": ([one = "", other = ""]) => `함께 쓸 수 없는 옵션입니다: ${one}, ${other}`,
    "commander.excessArguments": () => "인수가 너무 많습니다.",
    "commander.invalidArgument": ([option = "", value = ""], rest) =>
      `옵션 ${option}의 값이 올바르지 않습니다${value === "…" ? "" : `: ${value}`}. ${
        rest.replace(/^Allowed choices are (.*)\.$/, "사용할 수 있는 값: $1.")
      }`.trim(),
  },
};
