import { spoken, words } from './words.ts';

/**
 * What an answer that is no success says. The server's own sentence is English, and more exact than its type, which is
 * more exact than its status. `type` is a reference such as `/problems#too-much`.
 */
export function explained(status: number, said: string | null, type: string | null = null): string {
  if (said !== null && spoken() === 'en') return said;
  const { ofType, ofStatus, answered } = words.errors;
  const name = type?.split('#')[1] ?? '';
  if (known(name, ofType)) return ofType[name];
  return known(status, ofStatus) ? ofStatus[status] : answered(String(status));
}

const known = <T extends object>(status: PropertyKey, of: T): status is keyof T => status in of;
