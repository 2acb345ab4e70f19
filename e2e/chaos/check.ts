/** One guarantee, and what was found against it. */
export interface Check {
  name: string;
  problems: string[];
}
