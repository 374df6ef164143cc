"use client";

export { BrokenView as default } from "@/components/merchant/broken-view";
