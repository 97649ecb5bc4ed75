import type { RemarkCode } from "../../import/remarks.ts";

/** What is told of rows of files, in Korean. */
export const koRemarks: Readonly<Record<RemarkCode, (...values: string[]) => string>> = {
  empty: () => "빈 행",
  drawn: () => "표의 구분선",
  comment: () => "주석",
  header: () => "머리글",
  unknown_header: (words) => `머리글에 ID나 토큰 열이 없음: ${words}`,
  no_token: () => "access_token과 refresh_token이 모두 없음",
  other_app: (app) => `다른 앱의 토큰: ${app}`,
  private_integration: () => "비공개 통합(pit-…) 토큰: 앱에 속하지 않아 갱신할 수 없음",

  zip: () => "ZIP 파일 또는 Excel 통합 문서임: 압축을 풀거나 시트를 CSV로 저장하세요",
  web_page: () => "데이터가 아닌 웹 페이지임(다운로드 실패 등)",
  xml: () => "XML 파일임: CSV나 JSON으로 내보내세요",
  no_text: () =>
    "텍스트 파일이 아님(압축 파일, 데이터베이스, 이전 형식의 통합 문서 등): CSV나 JSON으로 내보내세요",

  cut_json: () => "잘렸거나 JSON이 아님",
  no_assignment: () => "NAME=value 형식이 아님",
  open_quote: () => "열린 따옴표가 닫히지 않음",
  behind_quote: () => "닫는 따옴표 뒤에 글자가 있음",
  shifted: () => "머리글보다 칸이 많고 ID가 있어야 할 칸에 ID가 없음: 구분 문자가 든 칸은 따옴표로 감싸야 함",
  nothing_known: () => "ID와 토큰이 없고, 각 칸이 무엇인지 알려 주는 머리글도 없음",
  many_ids: () => "ID가 둘 이상인데 어느 것이 로케이션인지 알려 주는 머리글이 없음",

  lost_digits: (field) => `${field} 손상됨: 숫자로 바뀌면서 자릿수를 잃음`,
  became_number: (field) =>
    `${field} 손상됨: 스프레드시트가 숫자로 바꿈. 열 서식을 텍스트로 바꾼 뒤 다시 내보내세요`,
  too_narrow: (field) => `${field} 손상됨: 열이 좁아 스프레드시트가 ###으로 저장함`,
  spreadsheet_error: (field) => `${field} 손상됨: 스프레드시트가 오류 값을 저장함`,
  masked: (field) => `${field} 값이 가려져 있음: 실제 값으로 다시 내보내세요`,
  no_jwt: () => "JWT가 아님",
  no_bearer: (field) => `${field} 값에는 공백이나 줄바꿈이 없어야 함`,
  no_id: (field) => `${field} 값은 A-Za-z0-9_- 문자 1~128자여야 함`,
  no_field: (field) => `${field} 값이 없음`,
  foreign_id: (id) => `HighLevel의 ID가 아님: ${id}`,

  no_target: () => "locationId와 companyId가 모두 없음",
  no_kind: () => "userType이 없어 resourceId가 로케이션의 것인지 에이전시의 것인지 알 수 없음",
  no_owner: () => "userType, locationId, companyId가 없어 누구의 토큰인지 알 수 없음",
  two_apps: (row, token) => `행과 토큰의 앱이 서로 다름: 행은 ${row}, 토큰은 ${token}`,
  two_owners: (field, owner, other, othersOwner) =>
    `토큰의 소유자가 서로 다름: ${field}: ${owner}, ${other}: ${othersOwner}`,
  owner_not_rows: (field, owner, row) => `토큰과 행의 소유자가 서로 다름: ${field}: ${owner}, 행: ${row}`,
  other_owner: (field) => `다른 소유자의 토큰임: ${field}`,

  both_locations: () =>
    "한 줄의 두 ID를 모두 로케이션으로 봄: 머리글이 없어 어느 것이 에이전시인지 알 수 없음",
  holds_access: (field) => `액세스 토큰이 들어 있음: ${field}`,
  holds_refresh: (field) => `리프레시 토큰이 들어 있음: ${field}`,
  other_pair: (pair) => `앱의 다른 키 쌍에 발급됨: ${pair}. 그 키 쌍으로만 갱신할 수 있음`,
  id_beside: (id, owner) => `행의 ID(${id}) 대신 토큰의 소유자(${owner})를 따름`,
  agency_token: (id) => `옆에 적힌 로케이션이 아니라 에이전시(${id})의 토큰임`,
  agency_left_out: () => "에이전시 ID 제외",
  owner_by_token: () => "토큰으로 소유자를 확인함",
  many_access: (count) => `액세스 토큰이 ${count}개 있음: 가장 나중에 발급된 것을 사용함`,
  many_refresh: (count) => `리프레시 토큰이 ${count}개 있음: 가장 나중에 발급된 것을 사용함`,
  broken_end: () => "만료 시각이 스프레드시트에서 손상되어 사용하지 않음",
};
