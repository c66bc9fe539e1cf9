import static org.apache.spark.sql.functions.*;
import org.apache.spark.sql.SparkSession;

/** The bench's job as a Spark batch, SparkJob IN OUT: CSV to sums and counts per (5 min, key). */
public class SparkJob {
	public static void main(String[] args) {
		SparkSession s = SparkSession.builder().master("local[2]").appName("bench")
		    .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2")
		    .config("spark.sql.session.timeZone", "UTC").getOrCreate();
		s.read().schema("ts LONG, key STRING, v LONG").csv(args[0]).where("v > 10")
		    .groupBy(col("key"), expr("ts div 300000 * 300000"))
		    .agg(sum("v"), count(lit(1))).write().csv(args[1]);
		s.stop();
	}
}
