namespace TradeOs.Host;

/// <summary>The checksum of zip archives (CRC-32, polynomial edb88320 reflected), eight bytes at a step.</summary>
/// <remarks>The framework has it in a package only, and its zip reader does not compare it.</remarks>
internal struct Crc32()
{
    private const uint Polynomial = 0xedb88320;
    private const int Step = 8;

    private static readonly uint[][] Tables = MakeTables();

    private uint _state = uint.MaxValue;

    /// <summary>Checksum of everything added.</summary>
    public readonly uint Value => ~_state;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = _state;
        for (; bytes.Length >= Step; bytes = bytes[Step..])
        {
            var low = crc ^ BitConverter.ToUInt32(bytes);
            crc = Tables[7][low & 0xff] ^ Tables[6][(low >> 8) & 0xff] ^ Tables[5][(low >> 16) & 0xff]
                ^ Tables[4][low >> 24] ^ Tables[3][bytes[4]] ^ Tables[2][bytes[5]] ^ Tables[1][bytes[6]]
                ^ Tables[0][bytes[7]];
        }

        foreach (var next in bytes) crc = Tables[0][(crc ^ next) & 0xff] ^ (crc >> 8);
        _state = crc;
    }

    /// <summary>Table n says what a byte does to the checksum n bytes later.</summary>
    private static uint[][] MakeTables()
    {
        var tables = new uint[Step][];
        for (var table = 0; table < Step; table++) tables[table] = new uint[256];
        for (var value = 0u; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            tables[0][value] = crc;
        }

        for (var table = 1; table < Step; table++)
        {
            for (var value = 0; value < 256; value++)
            {
                var before = tables[table - 1][value];
                tables[table][value] = tables[0][before & 0xff] ^ (before >> 8);
            }
        }

        return tables;
    }
}
