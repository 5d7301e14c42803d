import { createMacieAccount, type MacieAccount } from './account-state.ts';

/** Who calls, and in which region: Macie is a service of each region and of each account. */
export interface Caller {
  readonly account: string;
  readonly region: string;
}

export interface MacieAccounts {
  /** What the account has in the region. Macie is enabled in the home region of the own account alone. */
  of(caller: Caller): MacieAccount;
}

export function createMacieAccounts(home: Caller): MacieAccounts {
  const accounts = new Map<string, MacieAccount>();
  return {
    of(caller) {
      const name = `${caller.account}/${caller.region}`;
      let account = accounts.get(name);
      if (account === undefined) {
        account = createMacieAccount();
        const isHome = caller.account === home.account && caller.region === home.region;
        if (!isHome) account.status = 'DISABLED';
        accounts.set(name, account);
      }
      return account;
    },
  };
}
