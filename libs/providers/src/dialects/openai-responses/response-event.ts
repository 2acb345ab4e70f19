/** An event of a stream, still without its number. */
export type ResponseEvent = { type: string } & Readonly<Record<string, unknown>>;

/** How far an item has come. */
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** An item of the output while it grows. */
export interface GrowingItem {
  /** Whole as soon as it is closed. */
  readonly item: object;
  /** Tells that it is there, with nothing in it yet. */
  open(): ResponseEvent[];
  /** Tells what is left to tell. Closing it again tells nothing. */
  close(status: ItemStatus): ResponseEvent[];
}

/** Where an item stands in the output. */
export interface ItemPlace {
  id: string;
  index: number;
}
