import type { NetworkPlan, Refusal } from '../programs/network-plan.ts';

/** What answers in the network of a subject's builds, the same for all of them. */
export interface BuildNetwork {
  plan: NetworkPlan;
  /** PEM that RUN instructions trust; null where nothing is locked by https. */
  trust: string | null;
}

/** What a build asked for in vain, and how often. */
export interface Refused extends Refusal {
  times: number;
}
