/** A product, and the branches that lead to it. */
export interface Leaf {
  id: string;
  name: string;
  purls: string[];
  cpe: string | null;
  /** Category and name of the branch that it is the end of. */
  branch: { category: string; name: string } | null;
  /** Name of the nearest branch above of the category `product_name`. */
  productName: string | null;
}
