export interface ErrorBody {
  /** Every code, type, status or name the body gives, as strings, most specific first. */
  codes: string[];
  message: string | null;
}

const LONGEST_BODY = 64 * 1024;
const CODE_FIELDS = ['code', 'error_code', 'type', '__type', 'status', 'reason', 'error_type'] as const;
const MESSAGE_FIELDS = ['message', 'Message', 'detail', 'msg', 'title', 'faultstring'] as const;

/** Reads any of the error shapes providers use; a body that is no JSON gives nothing. */
export function parseErrorBody(body: string): ErrorBody {
  const found: ErrorBody = { codes: [], message: null };
  if (body.length === 0 || body.length > LONGEST_BODY) return found;
  try {
    collect(JSON.parse(body), found, 0);
  } catch {
    // A proxy's HTML page, or a cut body: the status alone decides.
  }
  return found;
}

function collect(value: unknown, found: ErrorBody, depth: number): void {
  if (depth > 4) return;
  if (Array.isArray(value)) return collect(value[0], found, depth + 1);
  if (typeof value === 'string') {
    found.message ??= value;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  // The inner object is the specific one, so it is read before the outer members.
  for (const name of ['error', 'errors', 'fault', 'details'] as const) {
    if (Object.hasOwn(record, name)) collect(record[name], found, depth + 1);
  }
  for (const name of CODE_FIELDS) addCode(record, name, found);
  for (const name of MESSAGE_FIELDS) {
    if (Object.hasOwn(record, name)) collect(record[name], found, depth + 1);
  }
}

function addCode(record: Record<string, unknown>, name: string, found: ErrorBody): void {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  if (typeof value === 'number' || (typeof value === 'string' && value.length <= 128)) found.codes.push(String(value));
}
