/** What every way to play a film has in common. */
export interface Events {
  /** `status` is the HTTP status that caused it, where known. */
  failed(message: string, status: number | null, requestId: string | null): void;
}

export interface Player {
  destroy(): void;
}
