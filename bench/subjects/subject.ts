/** One proxy under test, or the upstream itself. */
export interface Subject {
  name: SubjectName;
  /** Version, or what is special about it in this run. */
  about: string;
  url: string;
  /** Where streams go, when that is another listener of the same process. */
  streamUrl: string;
  /** What a caller sends besides the body. */
  headers: Record<string, string>;
  /** Its own processes: CPU and memory are measured on these. Empty for the upstream itself. */
  pids: number[];
  /** Processes that work for it elsewhere. */
  helpers(): number[];
  /** Folder of the loop hook, for proxies that run on Node. */
  hookFolder?: string;
  stop(): Promise<void>;
}

export const SUBJECT_NAMES = ['direct', 'nginx', 'bare', 'byok', 'portkey'] as const;
export type SubjectName = (typeof SUBJECT_NAMES)[number];

export interface Surroundings {
  upstreamPort: number;
  /** For files of this run; removed at its end. */
  folder: string;
  /** Of the processes that are measured. */
  niceness: number;
}

/** Starts a proxy; undefined, after saying why, where it cannot be had. */
export type StartSubject = (surroundings: Surroundings) => Promise<Subject | undefined>;
