import english from "../../src/worker/assets/words.en.json" with { type: "json" };
import korean from "../../src/worker/assets/words.ko.json" with { type: "json" };
import { STATUS_ORDER } from "../../src/worker/directory/status_order.ts";
import { KOREAN } from "./korean.ts";

/** What the page that describes the API says in one language. */
export interface PageWords {
  readonly code: string;
  readonly title: string;
  /** Before and after the header to send. */
  readonly lead: readonly [string, string];
  readonly contents: string;
  readonly groups: Readonly<Record<Group, string>>;
  readonly access: Readonly<Record<string, string>>;
  readonly parameters: string;
  readonly places: Readonly<Record<string, string>>;
  readonly body: string;
  readonly answers: string;
  readonly example: string;
  readonly optional: string;
  readonly needed: string;
  readonly status: string;
  /** A person's word for each status: the dashboard's own. */
  readonly statuses: readonly (readonly [status: string, word: string])[];
  readonly errors: string;
  readonly errorsLead: string;
  readonly keyOnly: string;
  readonly tryIt: string;
  readonly send: string;
  readonly ask: string;
  readonly noAnswer: string;
  /** A text of the document in this language. */
  readonly said: (text: string) => string;
}

/** Parts of the page, by the paths in them. */
export const GROUPS = {
  connections: /^\/connections/,
  bulk: /^\/recoveries/,
  people: /^\/(plan|campaigns|connections\.csv)/,
  events: /^\/(events|webhooks)/,
  proxy: /^\/proxy/,
  authorization: /^\/(oauth|r\/)/,
  moving: /^\/(export|import|reseal)/,
  operations: /./,
} as const;

/** A part of the page. */
export type Group = keyof typeof GROUPS;

const en: PageWords = {
  code: "en",
  title: "API",
  lead: ["Send a key as", "Errors are problem details (RFC 9457) with a code and HighLevel's trace ID."],
  contents: "Contents",
  groups: {
    connections: "Connections",
    bulk: "Bulk recovery",
    people: "Links and campaigns",
    events: "Events and webhooks",
    proxy: "HighLevel's API",
    authorization: "Authorization",
    moving: "Moving and sealing",
    operations: "Operations",
  },
  access: {
    viewer: "Viewer, service or admin key",
    service: "Service or admin key",
    admin: "Admin key",
    signature: "HighLevel's signature",
    none: "No key",
  },
  parameters: "Parameters",
  places: { path: "in the path", query: "in the query", header: "header" },
  body: "Body",
  answers: "Answers",
  example: "Example",
  optional: "optional",
  needed: "required",
  status: english.status,
  statuses: STATUS_ORDER.map((status) => [status, english[status]]),
  errors: "Errors",
  errorsLead:
    "Any route can answer with these. What went wrong at HighLevel has one of the codes that README explains.",
  keyOnly:
    "Needs the key itself: run the example in your terminal. A signed-in browser is never handed a token.",
  tryIt: "Try it",
  send: "Send",
  ask: "This changes something. Send it?",
  noAnswer: "There was no answer.",
  said: (text) => text,
};

const ko: PageWords = {
  code: "ko",
  title: "API",
  lead: [
    "키를 다음과 같이 보내세요:",
    "오류는 코드와 HighLevel 추적 ID가 담긴 문제 상세(RFC 9457)로 응답합니다.",
  ],
  contents: "차례",
  groups: {
    connections: "연결",
    bulk: "일괄 복구",
    people: "링크와 재연결 안내",
    events: "이벤트와 웹훅",
    proxy: "HighLevel API",
    authorization: "승인",
    moving: "이전과 암호화",
    operations: "운영",
  },
  access: {
    viewer: "조회, 서비스 또는 관리자 키",
    service: "서비스 또는 관리자 키",
    admin: "관리자 키",
    signature: "HighLevel 서명",
    none: "키 불필요",
  },
  parameters: "매개변수",
  places: { path: "경로", query: "쿼리", header: "헤더" },
  body: "본문",
  answers: "응답",
  example: "예시",
  optional: "선택",
  needed: "필수",
  status: korean.status,
  statuses: STATUS_ORDER.map((status) => [status, korean[status]]),
  errors: "오류",
  errorsLead:
    "모든 경로에서 나올 수 있는 오류입니다. HighLevel에서 생긴 문제의 코드는 README에 설명되어 있습니다.",
  keyOnly:
    "키가 직접 필요합니다. 터미널에서 예시를 실행하세요. 로그인한 브라우저에는 토큰을 보여 주지 않습니다.",
  tryIt: "실행해 보기",
  send: "보내기",
  ask: "내용이 변경됩니다. 보낼까요?",
  noAnswer: "응답이 없습니다.",
  said: (text) => KOREAN[text] ?? text,
};

/** The page in every language of the dashboard. */
export const PAGE_WORDS: Readonly<Record<string, PageWords>> = { en, ko };

/** What the worker itself refuses, by status: the codes, and when. */
export const ERRORS: readonly (readonly [status: number, codes: string, when: string])[] = [
  [401, "missing_key, wrong_key", "No key, or one that is not valid"],
  [403, "not_allowed, path_not_allowed", "The key's role may not do this"],
  [404, "not_found, not_installed", "There is nothing here, or the app is not installed there"],
  [409, "location_inactive, suspended", "The location is paused, or the connection suspended here"],
  [413, "content_too_large", "The body is too long"],
  [415, "unsupported_media_type", "The body is not JSON"],
  [422, "invalid_input", "A value is wrong: `errors` names the field"],
  [424, "reauthorization_required", "The app must be authorized again: `authorizationUrl` is the link"],
  [429, "too_many_requests, too_many_wrong_keys, rate_limited", "Wait as long as Retry-After says"],
  [500, "internal", "A defect here: tell the request's id"],
  [502, "invalid_request, invalid_client, forbidden", "HighLevel refused"],
  [
    503,
    "unavailable, network, timeout, store_failed, read_only, misconfigured",
    "Try again later, after Retry-After",
  ],
];
