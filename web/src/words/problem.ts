import { spoken, words } from './words.ts';

/** What an answer that is no success says. The server's own sentence is English, and more exact than its status. */
export function explained(status: number, said: string | null): string {
  if (said !== null && spoken() === 'en') return said;
  const { ofStatus, answered } = words.errors;
  return known(status, ofStatus) ? ofStatus[status] : answered(String(status));
}

const known = <T extends object>(status: PropertyKey, of: T): status is keyof T => status in of;
