export { MissingView as default } from "@/components/merchant/missing-view";
