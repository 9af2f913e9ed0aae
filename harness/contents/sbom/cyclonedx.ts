import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import parseExpression from 'spdx-expression-parse';
import { HARNESS_VERSION } from '../../version.ts';
import type { Inventory, ListedPackage } from '../types.ts';
import { createdOf, imageUrl } from './subject.ts';

const licenses = new Contrib.License.Factories.LicenseFactory(parseExpression);

function componentOf({ name, version, purl, vendor, license, source }: ListedPackage): Models.Component {
  const component = new Models.Component(Enums.ComponentType.Library, name, { version, purl, bomRef: purl });
  if (vendor !== undefined) component.supplier = new Models.OrganizationalEntity({ name: vendor });
  if (license !== undefined) component.licenses.add(licenses.makeFromString(license));
  if (source !== undefined) component.properties.add(new Models.Property('twinproof:sourcePackage', source));
  return component;
}

function imageComponent({ image }: Inventory, name: string): Models.Component {
  const purl = imageUrl(image, name);
  const component = new Models.Component(Enums.ComponentType.Container, name, {
    version: image.manifest,
    purl,
    bomRef: purl,
  });
  const [algorithm, hex] = image.manifest.split(':');
  if (algorithm === 'sha256' && hex !== undefined) component.hashes.set(Enums.HashAlgorithm['SHA-256'], hex);
  return component;
}

/** An inventory as a CycloneDX 1.6 document. The same image and name give the same bytes; it has no serial number. */
export function cycloneDxDocument(inventory: Inventory, name: string): string {
  const root = imageComponent(inventory, name);
  const tool = new Models.Component(Enums.ComponentType.Application, 'twinproof', {
    version: HARNESS_VERSION,
  });
  const metadata = new Models.Metadata({
    timestamp: new Date(createdOf(inventory.image)),
    component: root,
    tools: new Models.Tools({ components: new Models.ComponentRepository([tool]) }),
  });
  const byUrl = new Map(inventory.packages.map((item) => [item.purl, item]));
  const components = [...byUrl.values()].map(componentOf);
  for (const { bomRef } of components) root.dependencies.add(bomRef);
  const bom = new Models.Bom({ metadata, components: new Models.ComponentRepository(components) });
  const normalize = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const serializer = new Serialize.JsonSerializer(normalize);
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}
