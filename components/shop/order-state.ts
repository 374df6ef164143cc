/** One word for both axes of an order, to tell whether what a page shows is still so. */
export const stateOf = ({ status, exception }: { status: string; exception: string }): string =>
  `${status}/${exception}`;
