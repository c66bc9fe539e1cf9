import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/**
 * The bench's tasks in Flink SQL, on its local runner with a parallelism of 1.
 *
 * FlinkJob file IN OUT: CSV to sums and counts per (5 min, key).
 * FlinkJob half BROKERS IN OUT [live]: the values over 10 of one topic to
 * another, as JSON with key and timestamp; up to where IN ends, or live.
 */
public class FlinkJob {
	private static final String
	    SOURCE = "CREATE TABLE src (ts BIGINT, k STRING, v BIGINT, "
	    + "t AS TO_TIMESTAMP_LTZ(ts, 3), WATERMARK FOR t AS t - INTERVAL '1' SECOND) "
	    + "WITH ('connector'='filesystem', 'format'='csv', 'path'='%s')",
	    SINK = "CREATE TABLE dst (k STRING, w BIGINT, s BIGINT, n BIGINT) "
	    + "WITH ('connector'='filesystem', 'format'='csv', 'path'='%s')",
	    JOB = "INSERT INTO dst SELECT k, 1000 * UNIX_TIMESTAMP(CAST(window_start AS STRING)), "
	    + "SUM(v), COUNT(*) FROM TABLE(TUMBLE(TABLE src, DESCRIPTOR(t), INTERVAL '5' MINUTES)) "
	    + "WHERE v > 10 GROUP BY k, window_start, window_end",
	    IN = "CREATE TABLE src (`key` STRING, `value` BIGINT, "
	    + "ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp') WITH ('connector'='kafka', "
	    + "'properties.bootstrap.servers'='%s', 'topic'='%s', 'format'='csv', %s)",
	    OUT = "CREATE TABLE dst (`key` STRING, `value` BIGINT, "
	    + "ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp') WITH ('connector'='kafka', "
	    + "'properties.bootstrap.servers'='%s', 'topic'='%s', 'key.format'='raw', "
	    + "'key.fields'='key', 'value.format'='json')",
	    HALF = "INSERT INTO dst SELECT `key`, `value`, ts FROM src WHERE `value` > 10";

	public static void main(String[] args) throws Exception {
		Configuration conf = new Configuration();
		conf.setString("parallelism.default", "1");
		conf.setString("table.local-time-zone", "UTC");
		TableEnvironment t = TableEnvironment.create(
		    EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(conf).build());
		if (args[0].equals("file")) {
			t.executeSql(String.format(SOURCE, args[1]));
			t.executeSql(String.format(SINK, args[2]));
			t.executeSql(JOB).await();
		} else {
			t.executeSql(String.format(IN, args[1], args[2], args.length > 4
			    ? "'scan.startup.mode'='latest-offset'"
			    : "'scan.startup.mode'='earliest-offset', 'scan.bounded.mode'='latest-offset'"));
			t.executeSql(String.format(OUT, args[1], args[3]));
			t.executeSql(HALF).await();
		}
		System.exit(0);
	}
}
