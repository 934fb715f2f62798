//! AWS Signature Version 4 for S3: presigned URLs in batches, and header signing. No I/O, no clock.
