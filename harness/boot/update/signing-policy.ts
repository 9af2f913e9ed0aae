import { z } from 'zod';
import { TwinproofError } from '../../errors.ts';
import { parseUnitFile } from '../disk/unit-file.ts';

/** What an image says of who must have signed its next release. */
export interface SigningPolicy {
  /** In which of its files, and what; empty where none asks for a signature. */
  asks: string[];
  /** Files that were looked at. */
  read: string[];
}

/** containers-policy.json(5), where it can be in an image. */
const CONTAINERS = /^(?:(?:usr\/)?etc|usr\/share)\/containers\/policy\.json$/;
/** ostree.repo-config(5), "Remotes". */
const REMOTES = /^(?:usr\/)?etc\/ostree\/remotes\.d\/[^/]+\.conf$/;

export const isPolicyFile = (path: string): boolean => CONTAINERS.test(path) || REMOTES.test(path);

const REQUIREMENT = z.looseObject({ type: z.string() });
const POLICY = z.looseObject({
  default: z.array(REQUIREMENT).min(1),
  transports: z.record(z.string(), z.record(z.string(), z.array(REQUIREMENT).min(1))).default({}),
});
/** Those that take anything, or nothing whoever signed it. */
const UNSIGNED = ['insecureAcceptAnything', 'reject'];

/**
 * Reads who must have signed what an image is updated to.
 * @param files content by path, those for which `isPolicyFile` holds
 * @param bootc releases are container images; else they may be commits of a remote of ostree's as well
 * @throws TwinproofError `unsupported` for a file that is not what it should be
 */
export function signingPolicy(files: ReadonlyMap<string, Uint8Array>, bootc: boolean): SigningPolicy {
  const looked = [...files].filter(([path]) => CONTAINERS.test(path) || (!bootc && REMOTES.test(path)));
  const asks = looked.flatMap(([path, bytes]) => {
    const text = Buffer.from(bytes).toString('utf8');
    return (CONTAINERS.test(path) ? ofContainers(text, path) : ofRemotes(text)).map(
      (what) => `${path}: ${what}`,
    );
  });
  return { asks, read: looked.map(([path]) => path) };
}

function ofContainers(text: string, where: string): string[] {
  const policy = policyOf(text, where);
  const scopes: [string, z.infer<typeof REQUIREMENT>[]][] = [
    ['default', policy.default],
    ...Object.entries(policy.transports).flatMap(([transport, each]) =>
      Object.entries(each).map(([scope, requirements]): [string, z.infer<typeof REQUIREMENT>[]] => [
        `${transport}:${scope}`,
        requirements,
      ]),
    ),
  ];
  return scopes.flatMap(([scope, requirements]) =>
    requirements.filter(({ type }) => !UNSIGNED.includes(type)).map(({ type }) => `${scope} ${type}`),
  );
}

function policyOf(text: string, where: string): z.infer<typeof POLICY> {
  try {
    return POLICY.parse(JSON.parse(text));
  } catch (cause) {
    throw new TwinproofError('unsupported', 'a policy for container images in a form that is not read here', {
      where,
      cause,
    });
  }
}

/** A remote wants GPG signatures unless it says otherwise, and others only where it says so: ostree.repo-config(5). */
function ofRemotes(text: string): string[] {
  return [...parseUnitFile(text)].flatMap(([section, keys]) => {
    const [, remote] = /^remote "([^"]*)"$/.exec(section) ?? [];
    if (remote === undefined) return [];
    const value = (key: string): string => keys.get(key)?.at(-1) ?? '';
    return [
      ...(/^(?:false|0)$/.test(value('gpg-verify')) ? [] : [`${remote} gpg-verify`]),
      ...(['', 'false', '0'].includes(value('sign-verify')) ? [] : [`${remote} sign-verify`]),
    ];
  });
}
