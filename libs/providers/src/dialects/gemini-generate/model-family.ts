/** What differs between Google's models, by their names. Names that are not known count as the newest ones. */
export interface ModelFamily {
  /** The first digits of the version; Infinity for Gemini models that name none. */
  version: number;
  /** null where a model does not think, or cannot be told how much. */
  thinking: 'level' | 'budget' | null;
  /** Reads JSON Schema as it is; older ones know a part of OpenAPI's. */
  readsJsonSchema: boolean;
  /** Signs what it calls and wants the signatures back. */
  signsCalls: boolean;
  /** Fetches files by their public address. */
  fetchesUrls: boolean;
  hasSystemInstruction: boolean;
}

const GEMINI = /(?:^|[/.])gemini-(?:(\d+(?:\.\d+)?)|[a-z])/i;

export function modelFamily(model: string): ModelFamily {
  const found = GEMINI.exec(model);
  const isOpenModel = /(?:^|\/)gemma-/i.test(model);
  const version = found?.[1] !== undefined ? Number(found[1]) : /(?:^|\/)gemini-pro(?:-vision)?$/i.test(model) ? 1 : isOpenModel ? 0 : Infinity;
  const isImageModelOfThree = /gemini-3-pro-image/i.test(model);
  return {
    version,
    thinking: version >= 3 && !isImageModelOfThree ? 'level' : version >= 2.5 ? 'budget' : null,
    readsJsonSchema: version >= 2.5,
    signsCalls: version >= 3,
    fetchesUrls: version >= 2.5,
    hasSystemInstruction: !isOpenModel,
  };
}

export function isProModel(model: string): boolean {
  return /gemini-(?:[\d.]+-)?pro(?:-|$)/i.test(model);
}

/** Not every model of a generation goes below "low". */
export function knowsMinimal(model: string): boolean {
  if (isProModel(model)) return false;
  const [, version] = /gemini-(\d+(?:\.\d+)?)-flash(?!-lite)/i.exec(model) ?? [];
  return version === undefined ? !/gemini-flash-latest/i.test(model) : Number(version) < 3.7;
}
