/** Where rows will stand; said once, shown quietly. */
export function LoadingRows({ label }: Readonly<{ label: string }>) {
  return (
    <div role="status" className="animate-breathe space-y-3 motion-reduce:animate-none">
      <span className="sr-only">{label}</span>
      <div className="h-7 w-40 rounded-sm bg-sunken" />
      {Array.from({ length: 8 }, (_, row) => (
        <div key={row} className="h-10 rounded-sm bg-sunken" />
      ))}
    </div>
  );
}
