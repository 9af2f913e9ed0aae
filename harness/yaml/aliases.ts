import { isAlias, isNode, visit } from 'yaml';
import type { Alias, Document, Node } from 'yaml';

/**
 * What each alias of a document stands for: the last node before it that has its anchor, as YAML has it. An alias may
 * stand inside of what it means, so whoever follows aliases must count.
 * @returns and those for which there is none
 */
export function findAliases(document: Document.Parsed): { targets: Map<Alias, Node>; lost: Alias[] } {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const lost: Alias[] = [];
  visit(document, (_key, node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) lost.push(node);
      else targets.set(node, target);
    } else if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string') {
      anchors.set(node.anchor, node);
    }
  });
  return { targets, lost };
}
