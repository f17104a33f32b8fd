//! What each device says of itself to the others. Only the device writes its record.

record! {
    /// One device's record.
    DeviceRecord, "device_record", many {
        /// The public key that keys of sealed documents are wrapped to, in hexadecimal.
        seal_key: text,
        /// Dropped documents that this device has removed, key and bytes.
        dropped: set,
        /// Sealed documents that it may open and has no key of.
        asks: set,
    }
}
