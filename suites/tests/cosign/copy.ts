/** Names of one registry on this machine, without tags. */
interface Names {
  host: string;
  from: string;
  to: string;
}

interface Described {
  digest: string;
}
interface Manifest {
  config?: Described;
  layers?: Described[];
  manifests?: Described[];
}

const TYPES = ['index', 'manifest'].map((kind) => `application/vnd.oci.image.${kind}.v1+json`).join(', ');

/** Copies a manifest or index with all that it names, byte for byte, under another tag: skopeo copies images only. */
export async function copyTagged(names: Names, version: string, as: string): Promise<void> {
  const { host, from, to } = names;
  const answer = await fetch(`http://${host}/v2/${from}/manifests/${version}`, {
    headers: { accept: TYPES },
  });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${from}:${version}: ${answer.status} ${body}`);
  const { config, layers = [], manifests = [] } = JSON.parse(body) as Manifest;
  for (const { digest } of manifests) await copyTagged(names, digest, digest);
  for (const { digest } of [...(config === undefined ? [] : [config]), ...layers]) {
    const mount = `http://${host}/v2/${to}/blobs/uploads/?mount=${digest}&from=${from}`;
    const { status } = await fetch(mount, { method: 'POST' });
    if (status !== 201) throw new Error(`${digest}: ${status}`);
  }
  const put = await fetch(`http://${host}/v2/${to}/manifests/${as}`, {
    method: 'PUT',
    headers: { 'content-type': answer.headers.get('content-type') ?? '' },
    body,
  });
  if (!put.ok) throw new Error(`${to}:${as}: ${put.status} ${await put.text()}`);
}
