/** The events that every player of a film has in common. */
export interface Events {
  /** `status` is the HTTP status that caused the failure, if it is known. */
  failed(message: string, status: number | null, requestId: string | null): void;
}

export interface Player {
  destroy(): void;
}
